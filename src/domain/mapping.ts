// FlashCopy mappings and consistency groups, with the array's own words for their states and which command is legal in which
// (IBM command pages 8.3-9.1; stop is illegal in preparing per IBM 9.1.3).

export const MAPPING_STATES = [
  'idle_or_copied',
  'preparing',
  'prepared',
  'copying',
  'stopping',
  'stopped',
  'suspended',
] as const;
export type MappingState = (typeof MAPPING_STATES)[number];
export type GroupState = MappingState | 'empty';

/** A relation source VDisk -> target VDisk. */
export interface FlashCopyMapping {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly target: string;
  /** Name of the group, '' when stand-alone. */
  readonly group: string;
  readonly state: MappingState;
  /** 0-100. */
  readonly progressPercent: number;
  /** 0-150, see IBM's table; 50 = 2 MiB/s. */
  readonly copyRate: number;
  readonly incremental: boolean;
  /** `YYMMDDhhmmss` of the array's clock, '' when never started. */
  readonly startTime: string;
  /** Owned by replication or by the array's snapshots: never touch. */
  readonly replicationControlled: boolean;
  readonly restoring: boolean;
  /** An I/O error of the target takes the source offline. From the detailed view only. */
  readonly keepsTarget?: true;
  /** It goes at 100 %. From the detailed view only. */
  readonly autodelete?: true;
  /** KiB. From the detailed view only. */
  readonly grainSize?: 64 | 256;
  /** 0-150. From the detailed view only. */
  readonly cleanRate?: number;
}

export interface ConsistencyGroup {
  readonly id: string;
  readonly name: string;
  readonly state: GroupState;
  readonly startTime: string;
  /** It goes with its last mapping. From the detailed view only. */
  readonly autodelete?: true;
  /** Names of its mappings. From the detailed view only. */
  readonly members?: readonly string[];
}

/** The state of a group as its mappings tell it: undefined where they are none, or not all in one state and only the array can say. */
export function commonState(
  members: readonly Pick<FlashCopyMapping, 'state'>[],
): MappingState | undefined {
  const [state, ...others] = new Set(members.map((member) => member.state));
  return others.length === 0 ? state : undefined;
}

/** The mapping's bitmap is in use: it reads through its source, or others read through it (IBM: copying, suspended, stopping). */
export const isActive = (state: MappingState): boolean =>
  ['copying', 'suspended', 'stopping'].includes(state);

/** A target whose data may be read: started once, and not lost since. */
export const isReadable = ({
  state,
  startTime,
}: Pick<FlashCopyMapping, 'state' | 'startTime'>): boolean =>
  state === 'copying' || (state === 'idle_or_copied' && startTime !== '');

/** What a mapping has where nobody asked for anything (IBM: mkfcmap). Listings do not show it. */
export const USUAL_CLEAN_RATE = 50;

const LEGAL: Record<'prepare' | 'stop', readonly MappingState[]> = {
  prepare: ['idle_or_copied', 'stopped'],
  stop: ['prepared', 'copying', 'stopping', 'suspended'],
};

export const canPrepare = (state: GroupState): boolean => isLegal('prepare', state);
export const canStop = (state: GroupState): boolean => isLegal('stop', state);

function isLegal(command: keyof typeof LEGAL, state: GroupState): boolean {
  return state !== 'empty' && LEGAL[command].includes(state);
}
