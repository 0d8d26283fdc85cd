// The state as records, one for each object of the array: what a change touches is small, however
// large the array. A record is the JSON of an object under `list/id`.
import { GrainSet } from '../model/grain-set.js';
import { ArrayState, type HostMap, type Mapping } from '../model/state.js';

const LISTS = [
  ...(['pools', 'volumes', 'hosts', 'groups'] as const),
  ...(['volumeGroups', 'snapshots', 'snapshotPolicies'] as const),
];

/** In the order of the lists, which is that of listings. */
export type Records = Map<string, string>;

type SavedMapping = Omit<Mapping, 'pending' | 'changed'> & {
  total: number;
  pending: string;
  changed: string;
};

export function recordsOf(state: ArrayState): Records {
  const { id, name, serial, settings } = state;
  const records: Records = new Map([['system', JSON.stringify({ id, name, serial, settings })]]);
  for (const list of LISTS)
    for (const object of state[list]) records.set(`${list}/${object.id}`, JSON.stringify(object));
  for (const map of state.hostMaps)
    records.set(`hostMaps/${map.volume}-${map.host}`, JSON.stringify(map));
  for (const { pending, changed, ...rest } of state.mappings) {
    const sets = { pending: pending.encode(), changed: changed.encode() };
    records.set(`mappings/${rest.id}`, JSON.stringify({ ...rest, total: pending.total, ...sets }));
  }
  return records;
}

/** Throws what is wrong: half an array would only be found out in the middle of a command. */
export function stateOf(records: ReadonlyMap<string, unknown>): ArrayState {
  const { id, name, serial, settings } = objectOf(records.get('system'), 'system');
  if (typeof id !== 'string' || typeof name !== 'string' || typeof serial !== 'number')
    throw new Error('no system');
  const state = new ArrayState(id, name);
  state.serial = serial;
  Object.assign(state.settings, settings);
  for (const [key, value] of records) if (key !== 'system') place(state, key, value);
  for (const mapping of state.mappings) checkMapping(state, mapping);
  return state;
}

function place(state: ArrayState, key: string, value: unknown): void {
  const object = objectOf(value, key);
  const [list] = key.split('/');
  const known = LISTS.find((name) => name === list);
  if (known) (state[known] as unknown[]).push(object);
  else if (list === 'hostMaps') state.hostMaps.push(object as unknown as HostMap);
  else if (list === 'mappings') state.mappings.push(mappingOf(object as unknown as SavedMapping));
  else throw new Error(`no list for ${key}`);
}

const mappingOf = ({ total, pending, changed, ...rest }: SavedMapping): Mapping => ({
  ...rest,
  pending: GrainSet.parse(total, pending),
  changed: GrainSet.parse(total, changed),
});

function checkMapping(state: ArrayState, { name, source, target }: Mapping): void {
  for (const id of [source, target])
    if (!state.volumes.byId(id)) throw new Error(`${name} maps volume ${id}, which is missing`);
}

function objectOf(value: unknown, key: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`no object ${key}`);
  return value as Record<string, unknown>;
}
