// The state on disk: one JSON file, written beside and renamed over, so that a reader or a restart finds a whole one.
// Synced before the rename: it survives the end of the process, and of the machine, at any moment. Saves that wait become one.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FlashCopyError } from '../domain/errors.js';
import { GrainSet } from './model/grain-set.js';
import { ArrayState, type Mapping } from './model/state.js';
import { Serial } from './serial.js';

const FORMAT = 1;
const LISTS = ['pools', 'volumes', 'hosts', 'hostMaps', 'groups'] as const;
/** Lists that states of older versions do not have. */
const LATER_LISTS = ['volumeGroups', 'snapshots', 'snapshotPolicies'] as const;

type SavedMapping = Omit<Mapping, 'pending' | 'changed'> & {
  total: number;
  pending: string;
  changed: string;
};

export class StateFile {
  private readonly path: string;
  private readonly order = new Serial();
  private waiting: Promise<void> | undefined;

  constructor(private readonly folder: string) {
    this.path = join(folder, 'state.json');
  }

  /** Undefined at the first start. Throws SIMULATOR_STATE_CORRUPT and keeps the file aside when it cannot be read as a whole. */
  async load(): Promise<ArrayState | undefined> {
    const text = await this.text();
    if (text === undefined) return undefined;
    try {
      return decode(text);
    } catch (error) {
      throw await this.keepAside(error);
    }
  }

  /** Only looks: a file that cannot be read stays where it is. Throws what is wrong with it. */
  async read(): Promise<ArrayState | undefined> {
    const text = await this.text();
    return text === undefined ? undefined : decode(text);
  }

  private async text(): Promise<string | undefined> {
    return readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  }

  /** Resolves when a state not older than that of the call is on disk. */
  save(state: ArrayState): Promise<void> {
    this.waiting ??= this.order.run(async () => {
      this.waiting = undefined;
      await this.write(encode(state));
    });
    return this.waiting;
  }

  private async write(text: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const file = await open(`${this.path}.new`, 'w');
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${this.path}.new`, this.path);
  }

  private async keepAside(cause: unknown): Promise<FlashCopyError> {
    const aside = `${this.path}.corrupt-${randomUUID().slice(0, 8)}`;
    await rename(this.path, aside);
    return new FlashCopyError({
      family: 'parse',
      code: 'SIMULATOR_STATE_CORRUPT',
      message: `the simulator's state file cannot be read (${String(cause)}); it is kept as ${aside}. Put a good one back as ${this.path}, or start again to begin anew from the configuration: volumes of its names become empty`,
      details: { aside },
      cause,
    });
  }
}

function encode(state: ArrayState): string {
  const { id, name, serial, settings } = state;
  const lists = Object.fromEntries([...LISTS, ...LATER_LISTS].map((list) => [list, state[list]]));
  const mappings = state.mappings.map(({ pending, changed, ...rest }): SavedMapping => {
    return { ...rest, total: pending.total, pending: pending.encode(), changed: changed.encode() };
  });
  return JSON.stringify({ format: FORMAT, id, name, serial, settings, ...lists, mappings });
}

function decode(text: string): ArrayState {
  const saved = JSON.parse(text) as Record<string, unknown>;
  if (saved['format'] !== FORMAT)
    throw new Error(`format ${String(saved['format'])}, expected ${FORMAT}`);
  const [id, name, serial] = [saved['id'], saved['name'], saved['serial']];
  if (typeof id !== 'string' || typeof name !== 'string' || typeof serial !== 'number')
    throw new Error('no system');
  const state = new ArrayState(id, name);
  state.serial = serial;
  if (typeof saved['settings'] === 'object') Object.assign(state.settings, saved['settings']);
  for (const list of LISTS) (state[list] as unknown[]).push(...listOf(saved, list));
  for (const list of LATER_LISTS)
    if (list in saved) (state[list] as unknown[]).push(...listOf(saved, list));
  // A state of an older version: files were named as their volumes.
  for (const volume of state.volumes)
    Object.assign(volume, { storedAs: volume.storedAs ?? volume.name });
  for (const { total, pending, changed, ...rest } of listOf(saved, 'mappings') as SavedMapping[])
    state.mappings.push({
      ...rest,
      pending: GrainSet.parse(total, pending),
      changed: GrainSet.parse(total, changed),
    });
  for (const mapping of state.mappings) checkMapping(state, mapping);
  return state;
}

/** A mapping of volumes that are not there would only be found out later, in the middle of a command. */
function checkMapping(state: ArrayState, { name, source, target }: Mapping): void {
  for (const id of [source, target])
    if (!state.volumes.byId(id)) throw new Error(`${name} maps volume ${id}, which is missing`);
}

function listOf(saved: Record<string, unknown>, name: string): unknown[] {
  const list = saved[name];
  if (!Array.isArray(list)) throw new Error(`no list of ${name}`);
  return list;
}
