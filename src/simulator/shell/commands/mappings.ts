// Changes of single mappings. One that is in a group is prepared, started and stopped with its group only (CMMVC6030E).
import { prepare, start, stop } from '../../flashcopy/lifecycle.js';
import { removeMapping } from '../../flashcopy/passage.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { GrainSet } from '../../model/grain-set.js';
import { checkLegal, groupState, targetOffline } from '../../model/legality.js';
import { checkName } from '../../model/object-names.js';
import { freeId, type Group, type Mapping } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { acted, change, named, type Commands } from '../command.js';
import { preparedFirst } from './prepared-first.js';
import { findVolume } from './volume-views.js';

const LIMITS = { mappings: 4096, perGroup: 512, perSource: 256 } as const;
const RATE = { min: 0, max: 150 } as const;

function mkfcmap(machine: Machine, args: Arguments): string {
  const { state } = machine;
  const [source, target] = [args.required('source'), args.required('target')].map((reference) => {
    const volume = findVolume(machine, reference);
    if (!volume) throw refuse('CMMVC5804E', reference);
    return volume;
  });
  if (!source || !target) throw refuse('CMMVC5707E');
  if (source === target) throw refuse('CMMVC6303E');
  if (source.capacityBytes !== target.capacityBytes) throw refuse('CMMVC5924E');
  if (state.mappingTo(target.id)) throw refuse('CMMVC6466E', target.name);
  if (state.mappings.filter((mapping) => mapping.source === source.id).length >= LIMITS.perSource)
    throw refuse('CMMVC6302E');
  if (state.mappings.length >= LIMITS.mappings) throw refuse('CMMVC6034E');
  const id = freeId(state.mappings);
  const grainKiB = args.choice('grainsize', ['64', '256']) === '64' ? 64 : 256;
  const total = Math.ceil(target.capacityBytes / (grainKiB * 1024));
  state.mappings.push({
    ...{ id, name: checkName(args.value('name') ?? `fcmap${id}`, state.mappings) },
    ...{ source: source.id, target: target.id, grainKiB, group: groupToJoin(machine, args) },
    ...{ incremental: args.has('incremental'), keepTarget: args.has('keeptarget'), autodelete: args.has('autodelete') },
    ...{ copyRate: args.integer('copyrate', RATE) ?? 50, cleanRate: args.integer('cleanrate', RATE) ?? 50 },
    ...{ state: 'idle_or_copied', startTime: '', restoring: false, completeBefore: false, flushFails: false },
    ...{ pending: GrainSet.full(total), changed: GrainSet.empty(total), due: 0, comparing: false },
  });
  return `FlashCopy Mapping, id [${id}], successfully created\n`;
}

/** 0 when none is named. Only an idle, stopped or empty group takes a mapping. */
function groupToJoin(machine: Machine, args: Arguments): number {
  const reference = args.value('consistgrp');
  if (reference === undefined || reference === '0') return 0;
  const group: Group = named(machine.state.groups, reference);
  if (!['empty', 'idle_or_copied', 'stopped'].includes(groupState(machine.state, group))) throw refuse('CMMVC5920E');
  if (machine.state.mappingsOf(group.id).length >= LIMITS.perGroup) throw refuse('CMMVC6034E');
  return group.id;
}

async function chfcmap(machine: Machine, args: Arguments): Promise<string> {
  const { state, profile } = machine;
  const mapping = acted(state.mappings, args.target());
  const name = args.value('name');
  if (name !== undefined)
    mapping.name = checkName(
      name,
      state.mappings.filter((other) => other !== mapping),
    );
  if (args.has('consistgrp')) {
    checkLegal('regroup', mapping.state, { profile });
    const left = state.groups.find(({ id }) => id === mapping.group);
    if (left) checkLegal('regroup', groupState(state, left), { profile });
    mapping.group = groupToJoin(machine, args);
  }
  mapping.copyRate = args.integer('copyrate', RATE) ?? mapping.copyRate;
  mapping.cleanRate = args.integer('cleanrate', RATE) ?? mapping.cleanRate;
  const autodelete = args.choice('autodelete', ['on', 'off']);
  if (autodelete !== undefined) mapping.autodelete = autodelete === 'on';
  const copied = mapping.state === 'idle_or_copied' && mapping.startTime !== '' && mapping.pending.size === 0;
  if (autodelete === 'on' && copied) await removeMapping(machine, mapping);
  return '';
}

async function rmfcmap(machine: Machine, args: Arguments): Promise<string> {
  const mapping = acted(machine.state.mappings, args.target());
  checkLegal('delete', mapping.state, { profile: machine.profile, force: args.has('force') });
  const wasOffline = targetOffline(mapping);
  await removeMapping(machine, mapping);
  if (wasOffline) await machine.reach.setOnline(machine.state.volume(mapping.target), true);
  return '';
}

/** A mapping that may be acted on by itself. */
function alone(machine: Machine, args: Arguments): Mapping {
  const mapping = acted(machine.state.mappings, args.target());
  if (mapping.group !== 0) throw refuse('CMMVC6030E', mapping.name);
  return mapping;
}

async function stopfcmap(machine: Machine, args: Arguments): Promise<string> {
  const mapping = alone(machine, args);
  if (args.has('split') && mapping.pending.size > 0) throw refuse('CMMVC5767E', '-split below 100 percent');
  if (checkLegal('stop', mapping.state, machine)) await stop(machine, [mapping], args.has('force'));
  return '';
}

const MKFCMAP = {
  values: ['source', 'target', 'name', 'consistgrp', 'copyrate', 'cleanrate', 'grainsize', 'iogrp'],
  switches: ['autodelete', 'incremental', 'keeptarget'],
};
const CHFCMAP = { values: ['name', 'consistgrp', 'copyrate', 'cleanrate', 'autodelete'], switches: ['force'] };

export const mappingCommands: Commands = {
  mkfcmap: change(MKFCMAP, mkfcmap),
  chfcmap: change({ ...CHFCMAP, object: 'required' }, chfcmap),
  rmfcmap: change({ switches: ['force'], object: 'required' }, rmfcmap),
  prestartfcmap: change({ switches: ['restore'], object: 'required' }, async (machine, args) => {
    const mapping = alone(machine, args);
    checkLegal('prepare', mapping.state, machine);
    await prepare(machine, [mapping], args.has('restore'));
    return '';
  }),
  startfcmap: {
    ...change({ switches: ['prep', 'restore'], object: 'required' }, async (machine, args) => {
      const mapping = alone(machine, args);
      checkLegal('start', mapping.state, machine);
      const epochMs = machine.clock.now();
      const durationMs = await start(machine, [mapping]);
      await machine.recordStart({ epochMs, group: mapping.name, mappings: 1, durationMs });
      return '';
    }),
    before: preparedFirst('prestartfcmap', (machine, name) => acted(machine.state.mappings, name).state),
  },
  stopfcmap: change({ switches: ['force', 'split'], object: 'required' }, stopfcmap),
};
