// Consistency groups: all members are prepared, started and stopped as one. Ids start at 1; 0 means no group.
import { prepare, start, stop } from '../../flashcopy/lifecycle.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { checkLegal, groupState } from '../../model/legality.js';
import { checkName } from '../../model/object-names.js';
import { drop, type Group } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { acted, change, listing, shown, type Commands } from '../command.js';
import { attributesOf, concise, detailed, type Attribute, type Row } from '../view.js';
import { preparedFirst, stopKind } from './prepared-first.js';

const COLUMNS = ['id', 'name', 'status', 'start_time'];
const DETAIL = ['id', 'name', 'status', 'autodelete', 'start_time'];
const OWNER = ['owner_id', 'owner_name'];

function mkfcconsistgrp({ state, profile }: Machine, args: Arguments): string {
  if (state.groups.length >= profile.maxGroups) throw refuse('CMMVC6034E');
  const id = state.groups.freeId(1);
  const name = checkName(
    args.value('name') ?? `fccstgrp${id}`,
    state.groups,
    profile.groupNameLimit,
  );
  state.groups.push({ id, name, autodelete: args.has('autodelete'), startTime: '' });
  return `FlashCopy Consistency Group, id [${id}], successfully created\n`;
}

/** A rename is legal in every state: runs fence late commands of dead runs with it. */
function chfcconsistgrp({ state, profile }: Machine, args: Arguments): string {
  const group = acted(state.groups, args.target());
  const name = args.value('name');
  const autodelete = args.choice('autodelete', ['on', 'off']);
  if (name === undefined && autodelete === undefined) throw refuse('CMMVC5707E');
  const others = state.groups.filter((other) => other !== group);
  if (name !== undefined) group.name = checkName(name, others, profile.groupNameLimit);
  if (autodelete !== undefined) group.autodelete = autodelete === 'on';
  return '';
}

function rmfcconsistgrp({ state }: Machine, args: Arguments): string {
  const group = acted(state.groups, args.target());
  const members = state.mappingsOf(group.id);
  if (members.length > 0 && !args.has('force')) throw refuse('CMMVC5895E', group.name);
  for (const mapping of members) mapping.group = 0;
  drop(state.groups, (other) => other === group);
  return '';
}

/** Throws the code of the group's state; false: accepted, nothing to do. */
function legal(machine: Machine, group: Group, verb: 'prepare' | 'start' | 'stop'): boolean {
  return checkLegal(verb, groupState(machine.state, group), machine);
}

async function startfcconsistgrp(machine: Machine, args: Arguments): Promise<string> {
  const group = acted(machine.state.groups, args.target());
  legal(machine, group, 'start');
  const members = machine.state.mappingsOf(group.id);
  const epochMs = machine.clock.now();
  const durationMs = await start(machine, members, group);
  await machine.recordStart({ epochMs, group: group.name, mappings: members.length, durationMs });
  return '';
}

async function stopfcconsistgrp(machine: Machine, args: Arguments): Promise<string> {
  const group = acted(machine.state.groups, args.target());
  const members = machine.state.mappingsOf(group.id);
  const kind = stopKind(args, members);
  if (!legal(machine, group, 'stop')) return '';
  await stop(machine, members, kind);
  group.startTime = '';
  return '';
}

function row({ state }: Machine, group: Group): Row {
  return {
    id: String(group.id),
    name: group.name,
    status: groupState(state, group),
    autodelete: group.autodelete ? 'on' : 'off',
    start_time: group.startTime,
  };
}

const lsfcconsistgrp = listing((machine, args) => {
  const { groups } = machine.state;
  const owner = machine.profile.ownerColumns ? OWNER : [];
  if (args.object === undefined)
    return concise(
      args,
      [...COLUMNS, ...owner],
      groups.map((group) => row(machine, group)),
    );
  const group = shown(groups, args.object);
  const members = machine.state.mappingsOf(group.id).map(({ id, name }): Attribute[] => [
    ['FC_mapping_id', String(id)],
    ['FC_mapping_name', name],
  ]);
  return detailed(args, attributesOf(row(machine, group), [...DETAIL, ...owner]), {
    blocks: members,
  });
}, 'optional');

const commands: Commands = {
  lsfcconsistgrp,
  mkfcconsistgrp: change(
    { values: ['name', 'ownershipgroup'], switches: ['autodelete'] },
    mkfcconsistgrp,
  ),
  chfcconsistgrp: change(
    {
      values: ['name', 'autodelete', 'ownershipgroup'],
      switches: ['noownershipgroup'],
      object: 'required',
    },
    chfcconsistgrp,
  ),
  rmfcconsistgrp: change({ switches: ['force'], object: 'required' }, rmfcconsistgrp),
  prestartfcconsistgrp: change(
    { switches: ['restore'], object: 'required' },
    async (machine, args) => {
      const group = acted(machine.state.groups, args.target());
      legal(machine, group, 'prepare');
      await prepare(machine, machine.state.mappingsOf(group.id), args.has('restore'));
      return '';
    },
  ),
  startfcconsistgrp: {
    ...change({ switches: ['prep', 'restore'], object: 'required' }, startfcconsistgrp),
    before: preparedFirst('prestartfcconsistgrp', ({ state }, name) =>
      groupState(state, acted(state.groups, name)),
    ),
  },
  stopfcconsistgrp: change({ switches: ['force', 'split'], object: 'required' }, stopfcconsistgrp),
};

/** What a Copy Operator may do. */
const OPERATED = [
  'prestartfcconsistgrp',
  'startfcconsistgrp',
  'stopfcconsistgrp',
  'chfcconsistgrp',
];

export const groupCommands: Commands = Object.fromEntries(
  Object.entries(commands).map(([name, command]) => [
    name,
    { ...command, copyOperator: OPERATED.includes(name) },
  ]),
);
