// What happens by itself as array time passes: flushes end, grains are copied, cleaning ends,
// finished mappings vanish, snapshots expire, policies take theirs.
// Called before every command: the state is always that of now, and nothing needs a timer. All of it
// is at one instant, and a copy moves by arithmetic: so many grains by its rate and the time.
import { bytesPerSecond } from '../model/copy-rate.js';
import { grainsIn, type Run } from '../model/grain-set.js';
import { grainBytes, type Mapping } from '../model/state.js';
import type { Machine } from '../machine.js';
import { directDependents, grainsToClean } from './dependents.js';
import { endCopy } from './lifecycle.js';
import { takePolicySnapshots } from './policy-snapshots.js';
import { removeMapping } from './removal.js';
import { outOfRoom } from './room.js';
import { retireSnapshots } from './snapshot-images.js';

interface Passage {
  readonly machine: Machine;
  /** ms of the array's clock, the same for every mapping. */
  readonly now: number;
  /** More than progress: something that an answer may show and no later passage would find again. */
  happened: boolean;
}

/** True: the state is another one and must be written down before anybody is told of it. */
export async function passTime(machine: Machine): Promise<boolean> {
  const passage: Passage = { machine, now: machine.clock.now(), happened: false };
  for (const members of preparing(machine)) await endPrepare(passage, members);
  for (const mapping of machine.state.mappings.filter(
    ({ state }) => state === 'copying' || state === 'stopping',
  )) {
    if (machine.busy.has(mapping)) continue;
    if (mapping.state === 'copying') await copyOn(passage, mapping);
    else await cleanOn(passage, mapping);
  }
  await takePolicySnapshots(machine);
  if (await retireSnapshots(machine)) passage.happened = true;
  return passage.happened;
}

/** A group becomes prepared as a whole; one failed flush stops all of it. */
async function endPrepare(passage: Passage, waiting: readonly Mapping[]): Promise<void> {
  const { machine, now } = passage;
  if (waiting.some((mapping) => now < mapping.due || machine.busy.has(mapping))) return;
  const failed = waiting.some(({ flushFails }) => flushFails);
  passage.happened = true;
  for (const mapping of waiting) {
    mapping.state = failed ? 'stopped' : 'prepared';
    if (!failed) continue;
    noteStop(machine, mapping, 'Prepare failed, the cache of the source could not be flushed');
    await machine.engine.abandon(mapping);
  }
}

async function copyOn(passage: Passage, mapping: Mapping): Promise<void> {
  if (mapping.pending.size === 0 || mapping.copyRate === 0) return cleanOn(passage, mapping);
  const { machine, now } = passage;
  const perMs = grainsPerMs(machine, mapping, mapping.copyRate);
  const grains = mapping.pending.lowest(Math.floor((now - mapping.due) * perMs));
  if (grains.length > 0 && (await meetsTrouble(passage, mapping))) return;
  await move(machine, mapping, grains);
  mapping.due += grainsIn(grains) / perMs;
  if (outOfRoom(machine, machine.state.volume(mapping.target))) {
    noteStop(machine, mapping, 'The copy stopped, its target is full');
    return end(passage, mapping);
  }
  if (mapping.pending.size === 0) await complete(passage, mapping);
}

/** An I/O error on the target stops the copy; with `-keeptarget` the source goes offline with its target instead. */
async function meetsTrouble(passage: Passage, mapping: Mapping): Promise<boolean> {
  const { machine } = passage;
  const [source, target] = [
    machine.state.volume(mapping.source),
    machine.state.volume(mapping.target),
  ];
  if (machine.faults.take(`target-io:${target.name}`, 'before').includes('fail'))
    target.offline = 'failed';
  if (target.offline === undefined && source.offline === undefined) return false;
  passage.happened = true;
  mapping.due = passage.now;
  if (mapping.keepTarget && target.offline === 'failed') {
    source.offline = 'failed';
    await machine.reach.setOnline(source, false);
    await machine.reach.setOnline(target, false);
  } else await end(passage, mapping);
  noteStop(machine, mapping, 'I/O errors on a volume of the mapping');
  return true;
}

function noteStop(machine: Machine, { id, name }: Mapping, description: string): void {
  machine.events.add({
    objectType: 'fc_map',
    objectId: id,
    objectName: name,
    status: 'alert',
    description,
  });
}

/** Moves what others need from this target to theirs, at the clean rate (50 at least while stopping), and ends when nobody needs it. */
async function cleanOn(passage: Passage, mapping: Mapping): Promise<void> {
  const { machine, now } = passage;
  if (now < mapping.due) return;
  const rate = mapping.state === 'stopping' && mapping.cleanRate === 0 ? 50 : mapping.cleanRate;
  const perMs = grainsPerMs(machine, mapping, rate);
  // A snapshot moves nothing by itself; who depends on it is not worth finding out, before every command, for hundreds of them.
  if (perMs === 0 && mapping.state === 'copying' && mapping.pending.size > 0) {
    mapping.due = now;
    return;
  }
  let budget = Math.floor((now - mapping.due) * perMs);
  let spent = 0;
  for (const other of directDependents(machine, mapping)) {
    const grains = grainsToClean(mapping, other, budget);
    await move(machine, other, grains);
    budget -= grainsIn(grains);
    spent += grainsIn(grains);
    if (other.pending.size === 0 && other.state === 'copying') await complete(passage, other);
  }
  mapping.cleaned = (mapping.cleaned ?? 0) + spent;
  const wanted = directDependents(machine, mapping).length > 0;
  mapping.due = wanted && perMs > 0 ? mapping.due + spent / perMs : now;
  if (wanted) return;
  if (mapping.state === 'stopping') await end(passage, mapping);
  else if (mapping.pending.size === 0) await complete(passage, mapping);
}

async function move(machine: Machine, mapping: Mapping, grains: readonly Run[]): Promise<void> {
  if (grains.length === 0) return;
  await machine.engine.copyGrains(mapping, grains);
  for (const { from, to } of grains) mapping.pending.delete(from, to);
}

function end(passage: Passage, mapping: Mapping): Promise<void> {
  passage.happened = true;
  return endCopy(passage.machine, mapping);
}

/** At 100 %. Who is still needed by others goes on copying, so to speak, until they are served. */
async function complete(passage: Passage, mapping: Mapping): Promise<void> {
  const { machine } = passage;
  if (directDependents(machine, mapping).length > 0) return;
  await end(passage, mapping);
  const group = mapping.group === 0 ? undefined : machine.state.groups.byId(mapping.group);
  if (mapping.autodelete) await removeMapping(machine, mapping);
  if (!group) return;
  const members = machine.state.mappingsOf(group.id);
  const finished = members.every(
    ({ state, incremental }) => state === 'idle_or_copied' && !incremental,
  );
  if (finished) group.startTime = '';
}

const grainsPerMs = (machine: Machine, mapping: Mapping, rate: number): number =>
  (bytesPerSecond(rate) * machine.speed) / 1000 / grainBytes(mapping);

/** Mappings that are preparing, those of one group together. */
function preparing(machine: Machine): Iterable<Mapping[]> {
  const units = new Map<string, Mapping[]>();
  for (const mapping of machine.state.mappings) {
    if (mapping.state !== 'preparing') continue;
    const key = mapping.group === 0 ? `alone ${mapping.id}` : `group ${mapping.group}`;
    const unit = units.get(key);
    if (unit) unit.push(mapping);
    else units.set(key, [mapping]);
  }
  return units.values();
}
