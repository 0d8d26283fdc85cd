// The state on disk, written before the answer goes out: a restart finds what was last answered, at
// whatever moment the process or the machine ended. What changed is found by comparing, so no
// command can forget to say so. Saves that wait become one.
import { randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FlashCopyError } from '../../domain/errors.js';
import type { ArrayState } from '../model/state.js';
import { Serial } from '../serial.js';
import { Journal, readJournal, type ChangeText } from './journal.js';
import { recordsOf, stateOf, type Records } from './records.js';

export class StateFile {
  private readonly path: string;
  private readonly journal: Journal;
  private readonly order = new Serial();
  private waiting: Promise<void> | undefined;
  /** What a restart would find; undefined until this process has written everything once. */
  private written: Records | undefined;

  constructor(folder: string) {
    this.path = join(folder, 'state.json');
    this.journal = new Journal(this.path);
  }

  /**
   * Undefined at the first start. Throws SIMULATOR_STATE_CORRUPT and keeps the file aside when it
   * cannot be read as a whole.
   */
  async load(): Promise<ArrayState | undefined> {
    return this.read().catch(async (error: unknown) => {
      throw await this.keepAside(error);
    });
  }

  /** Only looks: a file that cannot be read stays where it is. Throws what is wrong with it. */
  async read(): Promise<ArrayState | undefined> {
    const records = await readJournal(this.path);
    return records && stateOf(records);
  }

  /** Resolves when a state not older than that of the call is on disk. */
  save(state: ArrayState): Promise<void> {
    this.waiting ??= this.order.run(async () => {
      this.waiting = undefined;
      await this.write(recordsOf(state));
    });
    return this.waiting;
  }

  close(): Promise<void> {
    return this.order.run(() => this.journal.close());
  }

  private async write(records: Records): Promise<void> {
    const change = this.written && difference(this.written, records);
    if (!change || this.journal.isLong) await this.journal.rewrite(records);
    else if (change.set.length + change.gone.length > 0) await this.journal.append(change);
    this.written = records;
  }

  private async keepAside(cause: unknown): Promise<FlashCopyError> {
    const aside = `${this.path}.corrupt-${randomUUID().slice(0, 8)}`;
    await rename(this.path, aside);
    return new FlashCopyError({
      family: 'parse',
      code: 'SIMULATOR_STATE_CORRUPT',
      message:
        `the simulator's state file cannot be read (${String(cause)}); it is kept as ${aside}. ` +
        `Put a good one back as ${this.path}, or start again to begin anew from the ` +
        'configuration: volumes of its names become empty',
      details: { aside },
      cause,
    });
  }
}

function difference(before: Records, now: Records): ChangeText {
  return {
    set: [...now].filter(([key, json]) => before.get(key) !== json),
    gone: [...before.keys()].filter((key) => !now.has(key)),
  };
}
