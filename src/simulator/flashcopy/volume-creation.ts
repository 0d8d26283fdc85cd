// Makes a volume, whoever asked: a command, the configuration, a snapshot.
import type { Machine } from '../machine.js';
import { refuse } from '../model/codes.js';
import { checkName } from '../model/object-names.js';
import type { Pool, Thin, Volume } from '../model/state.js';
import { newUid } from '../model/uid.js';
import { freeBytes } from './room.js';

const MAX_BYTES = 256 * 2 ** 40;

export interface WantedVolume {
  readonly name: string | undefined;
  readonly pool: Pool;
  readonly bytes: number;
  readonly thin?: Thin;
  readonly group?: number;
  readonly hidden?: boolean;
  readonly origin?: NonNullable<Volume['origin']>;
  /** The code of a pool that is full: it differs between the commands. */
  readonly noRoom?: 'CMMVC5860E' | 'CMMVC8710E';
}

/** Throws CMMVC6035E, CMMVC5860E or CMMVC8710E, CMMVC7019E, CMMVC6034E and what names may break. */
export async function createVolume(machine: Machine, wanted: WantedVolume): Promise<Volume> {
  const { state, profile } = machine;
  const otherwise = `vdisk${state.volumes.freeId()}`;
  const name =
    wanted.hidden === true
      ? (wanted.name ?? '')
      : checkName(wanted.name ?? otherwise, state.volumes);
  checkSize(wanted.bytes);
  if (state.volumes.length >= profile.maxVolumes) throw refuse('CMMVC6034E');
  if ((wanted.thin?.realBytes ?? wanted.bytes) > freeBytes(machine, wanted.pool))
    throw refuse(wanted.noRoom ?? 'CMMVC5860E', wanted.pool.name);
  const taken = state.volumes.some(({ storedAs }) => storedAs === name);
  return addVolume(machine, wanted, {
    name,
    storedAs: taken ? `${name}~${state.serial + 1}` : name,
  });
}

/** `name1`, `name2`, ...: what would be checked for each is checked once, for all. */
export async function createVolumes(
  machine: Machine,
  wanted: WantedVolume,
  count: number,
): Promise<void> {
  const { state, profile } = machine;
  const names = Array.from({ length: count }, (_, at) => `${wanted.name ?? 'vdisk'}${at + 1}`);
  const known = new Set(state.volumes.map(({ name }) => name));
  for (const name of names) checkName(name, []);
  const doubled = names.find((name) => known.has(name));
  if (doubled !== undefined) throw refuse('CMMVC6035E', doubled);
  checkSize(wanted.bytes);
  if (state.volumes.length + count > profile.maxVolumes) throw refuse('CMMVC6034E');
  if ((wanted.thin?.realBytes ?? wanted.bytes) * count > freeBytes(machine, wanted.pool))
    throw refuse('CMMVC5860E');
  for (const name of names)
    await addVolume(
      machine,
      { ...wanted, ...(wanted.thin ? { thin: { ...wanted.thin } } : {}) },
      { name, storedAs: name },
    );
}

function checkSize(bytes: number): void {
  if (bytes % 512 !== 0 || bytes === 0) throw refuse('CMMVC7019E');
  if (bytes > MAX_BYTES) throw refuse('CMMVC5767E', '-size');
}

async function addVolume(
  machine: Machine,
  wanted: WantedVolume,
  called: Pick<Volume, 'name' | 'storedAs'>,
): Promise<Volume> {
  const { state, engine, reach } = machine;
  const volume: Volume = {
    ...{
      id: state.volumes.freeId(),
      ...called,
      pool: wanted.pool.id,
      capacityBytes: wanted.bytes,
      uid: newUid(state),
    },
    ...(wanted.thin === undefined ? {} : { thin: wanted.thin }),
    ...(wanted.group === undefined ? {} : { group: wanted.group }),
    ...(wanted.hidden === undefined ? {} : { hidden: wanted.hidden }),
    ...(wanted.origin === undefined ? {} : { origin: wanted.origin }),
  };
  await engine.create(volume, false);
  if (volume.hidden !== true)
    volume.uid = (await reach.serve(volume, engine.imagePath(volume))) ?? volume.uid;
  state.volumes.push(volume);
  return volume;
}
