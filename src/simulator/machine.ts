// The parts of one simulated array, as commands and FlashCopy see them.
import type { Clock } from '../domain/clock.js';
import type { CopyEngine } from './flashcopy/engine.js';
import type { EventLog } from './events.js';
import type { Faults } from './faults.js';
import type { Profile } from './model/profile.js';
import type { ArrayState, Mapping } from './model/state.js';
import type { Network } from './model/network.js';
import type { Role } from './model/role.js';
import type { Statistics } from './statistics.js';
import type { Reach } from './reach.js';

/** Of prepare and of every command, in ms of the clock. */
export interface Limits {
  /** Array time of a flush. */
  readonly prepareMs: number;
}

export interface StartRecord {
  readonly epochMs: number;
  readonly group: string;
  readonly mappings: number;
  readonly durationMs: number;
}

export interface Machine {
  readonly state: ArrayState;
  readonly clock: Clock;
  /** Array seconds per second of the clock: prepare, background copy, cleaning. Never the time stamps. */
  readonly speed: number;
  readonly profile: Profile;
  readonly engine: CopyEngine;
  readonly reach: Reach;
  readonly faults: Faults;
  readonly statistics: Statistics;
  readonly events: EventLog;
  readonly limits: Limits;
  /** Where hosts find the system: nodes, addresses, ports. */
  readonly network: Network;
  readonly users: readonly { readonly name: string; readonly role: Role }[];
  /** Tells the doors: sessions drop, tokens die, addresses are silent so long. */
  failover(downMs: number): void;
  /** Mappings with work under way that their next state waits for. */
  readonly busy: Set<Mapping>;
  /** Set: the state could not be written down. No command is answered any more. */
  halted?: Error;
  readonly haltListeners: ((error: Error) => void)[];
  /** Writes the state down; resolved = a restart will find it. Rejected = halted. */
  save(): Promise<void>;
  recordStart(record: StartRecord): Promise<void>;
}
