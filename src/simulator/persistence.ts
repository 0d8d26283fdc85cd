// The state on disk: one JSON file, written beside and renamed over, so that a reader or a restart finds a whole one.
// It survives the end of the process at any moment; it is not synced, so it does not promise to survive a power loss.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlashCopyError } from '../domain/errors.js';
import { GrainSet } from './model/grain-set.js';
import { ArrayState, type Mapping } from './model/state.js';
import { Serial } from './serial.js';

const FORMAT = 1;
const LISTS = ['pools', 'volumes', 'hosts', 'hostMaps', 'groups'] as const;

type SavedMapping = Omit<Mapping, 'pending' | 'changed'> & { total: number; pending: string; changed: string };

export class StateFile {
  private readonly path: string;
  private readonly order = new Serial();

  constructor(folder: string) {
    this.path = join(folder, 'state.json');
  }

  /** Undefined at the first start. Throws SIMULATOR_STATE_CORRUPT and keeps the file aside when it cannot be read as a whole. */
  async load(): Promise<ArrayState | undefined> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    try {
      return decode(text);
    } catch (error) {
      throw await this.keepAside(error);
    }
  }

  async save(state: ArrayState): Promise<void> {
    await this.order.run(async () => {
      await mkdir(join(this.path, '..'), { recursive: true });
      await writeFile(`${this.path}.new`, encode(state));
      await rename(`${this.path}.new`, this.path);
    });
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
  const mappings = state.mappings.map(({ pending, changed, ...rest }): SavedMapping => {
    return { ...rest, total: pending.total, pending: pending.encode(), changed: changed.encode() };
  });
  return JSON.stringify({ format: FORMAT, ...state, mappings });
}

function decode(text: string): ArrayState {
  const saved = JSON.parse(text) as Record<string, unknown>;
  if (saved['format'] !== FORMAT) throw new Error(`format ${String(saved['format'])}, expected ${FORMAT}`);
  const [id, name, serial] = [saved['id'], saved['name'], saved['serial']];
  if (typeof id !== 'string' || typeof name !== 'string' || typeof serial !== 'number') throw new Error('no system');
  const state = new ArrayState(id, name);
  state.serial = serial;
  for (const list of LISTS) (state[list] as unknown[]).push(...listOf(saved, list));
  for (const { total, pending, changed, ...rest } of listOf(saved, 'mappings') as SavedMapping[])
    state.mappings.push({ ...rest, pending: GrainSet.parse(total, pending), changed: GrainSet.parse(total, changed) });
  return state;
}

function listOf(saved: Record<string, unknown>, name: string): unknown[] {
  const list = saved[name];
  if (!Array.isArray(list)) throw new Error(`no list of ${name}`);
  return list;
}
