// Changes of single mappings. One that is in a group is prepared, started and stopped with its group only (CMMVC6030E).
import { prepare, start, stop } from '../../flashcopy/lifecycle.js';
import { removeMapping } from '../../flashcopy/removal.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { bitmapBytes, bitmapNeed, bitmapTotal } from '../../model/bitmap.js';
import { checkLegal, groupState, targetOffline } from '../../model/legality.js';
import { checkName } from '../../model/object-names.js';
import { reaches } from '../../model/profile.js';
import { idleMapping, type Group, type Mapping, type Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { acted, change, named, type Commands } from '../command.js';
import { checkIoGroup } from './nodes.js';
import { preparedFirst, stopKind } from './prepared-first.js';
import { findVolume } from './volume-lookup.js';

const LIMITS = { perGroup: 512, perTree: 256 } as const;
/** Above 100 from 7.8.1 on. */
const rateRange = ({ profile }: Machine): { min: number; max: number } => ({
  min: 0,
  max: reaches(profile, '7.8.1') ? 150 : 100,
});

function volumeNamed(machine: Machine, reference: string): Volume {
  const volume = findVolume(machine, reference);
  if (!volume) throw refuse('CMMVC5804E', reference);
  return volume;
}

function mkfcmap(machine: Machine, args: Arguments): string {
  const { state } = machine;
  const [source, target] = [args.required('source'), args.required('target')].map((name) =>
    volumeNamed(machine, name),
  );
  if (!source || !target) throw refuse('CMMVC5707E');
  checkPair(machine, source, target);
  checkIoGroup(machine, args.value('iogrp'));
  const id = state.mappings.freeId();
  const grainKiB = grainSize(args, [source, target]);
  const total = Math.ceil(target.capacityBytes / (grainKiB * 1024));
  const incremental = args.has('incremental');
  if (bitmapBytes(state) + bitmapNeed({ incremental }, total) > bitmapTotal(state))
    throw refuse('CMMVC5917E');
  state.mappings.push({
    ...{ id, name: checkName(args.value('name') ?? `fcmap${id}`, state.mappings) },
    ...{
      source: source.id,
      target: target.id,
      grainKiB,
      group: groupToJoin(machine, args, 'made'),
    },
    ...{ incremental, keepTarget: args.has('keeptarget'), autodelete: args.has('autodelete') },
    ...{
      copyRate: args.integer('copyrate', rateRange(machine)) ?? 50,
      cleanRate: args.integer('cleanrate', rateRange(machine)) ?? 50,
    },
    ...idleMapping(total),
  });
  return `FlashCopy Mapping, id [${id}], successfully created\n`;
}

/** Two volumes of one size; the target is nobody else's target; the tree that would come of it has 256 mappings at most. */
function checkPair(machine: Machine, source: Volume, target: Volume): void {
  const { state, profile } = machine;
  if (!state.settings.flashCopyLicensed) throw refuse('CMMVC7205E', 'FlashCopy is not licensed');
  if (source === target) throw refuse('CMMVC6303E');
  if (source.capacityBytes !== target.capacityBytes) throw refuse('CMMVC5924E');
  if (state.mappingTo(target.id)) throw refuse('CMMVC6466E', target.name);
  if (treeOf(state, [source.id, target.id]).size >= LIMITS.perTree) throw refuse('CMMVC6302E');
  if (state.mappings.length >= profile.maxMappings) throw refuse('CMMVC6034E');
}

/** All mappings that hang together with these volumes. */
function treeOf(state: Machine['state'], volumes: number[]): Set<Mapping> {
  const tree = new Set<Mapping>();
  for (let volume = volumes.pop(); volume !== undefined; volume = volumes.pop())
    for (const mapping of state.mappingsOn(volume)) {
      if (tree.has(mapping)) continue;
      tree.add(mapping);
      volumes.push(mapping.source, mapping.target);
    }
  return tree;
}

/** 64 KiB where a compressed copy is involved, unless said otherwise. */
function grainSize(args: Arguments, volumes: readonly Volume[]): 64 | 256 {
  const said = args.choice('grainsize', ['64', '256']);
  if (said !== undefined) return said === '64' ? 64 : 256;
  return volumes.some(({ thin }) => thin?.compressed === true) ? 64 : 256;
}

/** 0 when none is named. Only an idle, stopped or empty group takes a mapping. */
function groupToJoin(machine: Machine, args: Arguments, how: 'made' | 'moved'): number {
  const reference = args.value('consistgrp');
  if (reference === undefined || reference === '0') return 0;
  const group: Group = named(machine.state.groups, reference);
  const state = groupState(machine.state, group);
  if (!['empty', 'idle_or_copied', 'stopped'].includes(state)) {
    // Who moves a mapping there is told the state of the group, who makes one is not.
    if (how === 'moved') checkLegal('regroup', state, machine);
    throw refuse('CMMVC5920E');
  }
  if (machine.state.mappingsOf(group.id).length >= LIMITS.perGroup) throw refuse('CMMVC6034E');
  return group.id;
}

/** All of it, or, when a part is refused, nothing. */
async function chfcmap(machine: Machine, args: Arguments): Promise<string> {
  const mapping = own(machine, args);
  const changed = wantedOf(machine, args, mapping);
  if (Object.keys(changed).length === 0) throw refuse('CMMVC5707E');
  Object.assign(mapping, changed);
  const { state, startTime, pending } = mapping;
  const copied = state === 'idle_or_copied' && startTime !== '' && pending.size === 0;
  if (changed.autodelete === true && copied) await removeMapping(machine, mapping);
  return '';
}

function wantedOf(machine: Machine, args: Arguments, mapping: Mapping): Partial<Mapping> {
  const [name, autodelete] = [args.value('name'), args.choice('autodelete', ['on', 'off'])];
  const copyRate = args.integer('copyrate', rateRange(machine));
  const cleanRate = args.integer('cleanrate', rateRange(machine));
  const others = machine.state.mappings.filter((other) => other !== mapping);
  return {
    ...(name === undefined ? {} : { name: checkName(name, others) }),
    ...(args.has('consistgrp') ? { group: groupToMoveTo(machine, args, mapping) } : {}),
    ...(copyRate === undefined ? {} : { copyRate }),
    ...(cleanRate === undefined ? {} : { cleanRate }),
    ...(autodelete === undefined ? {} : { autodelete: autodelete === 'on' }),
  };
}

function groupToMoveTo(machine: Machine, args: Arguments, mapping: Mapping): number {
  checkLegal('regroup', mapping.state, machine);
  const left = machine.state.groups.byId(mapping.group);
  if (left) checkLegal('regroup', groupState(machine.state, left), machine);
  return groupToJoin(machine, args, 'moved');
}

async function rmfcmap(machine: Machine, args: Arguments): Promise<string> {
  const mapping = own(machine, args);
  checkLegal('delete', mapping.state, { profile: machine.profile, force: args.has('force') });
  const wasOffline = targetOffline(mapping);
  await removeMapping(machine, mapping);
  if (wasOffline) await machine.reach.setOnline(machine.state.volume(mapping.target), true);
  return '';
}

/** Not one the system made for itself. */
function own(machine: Machine, args: Arguments): Mapping {
  const mapping = acted(machine.state.mappings, args.target());
  if (mapping.owner !== undefined) throw refuse('CMMVC5753E', mapping.name);
  return mapping;
}

/** A mapping that may be acted on by itself. */
function alone(machine: Machine, args: Arguments): Mapping {
  const mapping = own(machine, args);
  if (mapping.group !== 0) throw refuse('CMMVC6030E', mapping.name);
  return mapping;
}

async function stopfcmap(machine: Machine, args: Arguments): Promise<string> {
  const mapping = alone(machine, args);
  const kind = stopKind(args, [mapping]);
  if (checkLegal('stop', mapping.state, machine)) await stop(machine, [mapping], kind);
  return '';
}

const MKFCMAP = {
  values: ['source', 'target', 'name', 'consistgrp', 'copyrate', 'cleanrate', 'grainsize', 'iogrp'],
  switches: ['autodelete', 'incremental', 'keeptarget'],
};
const CHFCMAP = {
  values: ['name', 'consistgrp', 'copyrate', 'cleanrate', 'autodelete'],
  switches: ['force'],
};

const commands: Commands = {
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
    before: preparedFirst(
      'prestartfcmap',
      (machine, name) => acted(machine.state.mappings, name).state,
    ),
  },
  stopfcmap: change({ switches: ['force', 'split'], object: 'required' }, stopfcmap),
};

/** What a Copy Operator may do. */
const OPERATED = ['prestartfcmap', 'startfcmap', 'stopfcmap', 'chfcmap'];

export const mappingCommands: Commands = Object.fromEntries(
  Object.entries(commands).map(([name, command]) => [
    name,
    { ...command, copyOperator: OPERATED.includes(name) },
  ]),
);
