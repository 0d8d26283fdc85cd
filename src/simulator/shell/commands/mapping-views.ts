// lsfcmap and its relatives. Columns as in 6.x-8.x; 9.x appends three.
import { dependentsOf } from '../../flashcopy/lifecycle.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import type { Mapping } from '../../model/state.js';
import { listing, shown, type Command, type Commands } from '../command.js';
import { concise, detailed, withoutObject, type Row } from '../view.js';
import { IO_GROUP } from './system.js';
import { findVolume } from './volume-views.js';

const COLUMNS = [
  ...['id', 'name', 'source_vdisk_id', 'source_vdisk_name', 'target_vdisk_id', 'target_vdisk_name', 'group_id'],
  ...['group_name', 'status', 'progress', 'copy_rate', 'clean_progress', 'incremental', 'partner_FC_id'],
  ...['partner_FC_name', 'restoring', 'start_time', 'rc_controlled'],
];
const SNAPSHOT_COLUMNS = ['size_mismatch', 'is_snapshot', 'snapshot_id'];
const DETAIL = [
  ...['id', 'name', 'source_vdisk_id', 'source_vdisk_name', 'target_vdisk_id', 'target_vdisk_name', 'group_id'],
  ...['group_name', 'status', 'progress', 'copy_rate', 'start_time', 'dependent_mappings', 'autodelete'],
  ...['clean_progress', 'clean_rate', 'incremental', 'difference', 'grain_size', 'IO_group_id', 'IO_group_name'],
  ...['partner_FC_id', 'partner_FC_name', 'restoring', 'rc_controlled', 'keep_target', 'type', 'restore_progress'],
  ...['fc_controlled', 'owner_id', 'owner_name'],
];

/** Whole percent, 100 only when every grain is there. */
export function progressPercent({ state, pending, incremental }: Mapping): number {
  if ((state === 'preparing' || state === 'prepared') && !incremental) return 0;
  return Math.floor((1 - pending.size / pending.total) * 100);
}

/** What a start would copy now, in percent. */
function differencePercent({ incremental, pending, changed, startTime }: Mapping): number {
  if (!incremental || startTime === '') return 100;
  const waiting = changed.copy();
  for (const grain of pending.members()) waiting.add(grain);
  return Math.ceil((waiting.size / waiting.total) * 100);
}

function row(machine: Machine, mapping: Mapping): Row {
  const { state } = machine;
  const partner = state.partnerOf(mapping);
  const group = state.groups.find(({ id }) => id === mapping.group);
  return {
    id: String(mapping.id),
    name: mapping.name,
    source_vdisk_id: String(mapping.source),
    source_vdisk_name: state.volume(mapping.source).name,
    target_vdisk_id: String(mapping.target),
    target_vdisk_name: state.volume(mapping.target).name,
    group_id: String(group?.id ?? ''),
    group_name: group?.name ?? '',
    status: mapping.state,
    progress: String(progressPercent(mapping)),
    copy_rate: String(mapping.copyRate),
    start_time: mapping.startTime,
    dependent_mappings: String(dependentsOf(machine, mapping).length),
    autodelete: mapping.autodelete ? 'on' : 'off',
    clean_progress: mapping.state === 'stopping' ? '0' : '100',
    clean_rate: String(mapping.cleanRate),
    incremental: mapping.incremental ? 'on' : 'off',
    difference: String(differencePercent(mapping)),
    grain_size: String(mapping.grainKiB),
    IO_group_id: String(IO_GROUP.id),
    IO_group_name: IO_GROUP.name,
    partner_FC_id: String(partner?.id ?? ''),
    partner_FC_name: partner?.name ?? '',
    restoring: mapping.restoring ? 'yes' : 'no',
    rc_controlled: 'no',
    keep_target: mapping.keepTarget ? 'yes' : 'no',
    type: 'generic',
    restore_progress: mapping.restoring ? String(progressPercent(mapping)) : '0',
    fc_controlled: 'no',
    size_mismatch: 'no',
    is_snapshot: 'no',
  };
}

const lsfcmap: Command = listing((machine, args) => {
  const columns = machine.profile.snapshotColumns ? [...COLUMNS, ...SNAPSHOT_COLUMNS] : COLUMNS;
  const { mappings } = machine.state;
  if (args.object === undefined)
    return concise(
      args,
      columns,
      mappings.map((mapping) => row(machine, mapping)),
    );
  const attributes = row(machine, shown(mappings, args.object));
  return detailed(
    args,
    DETAIL.map((name) => [name, attributes[name] ?? ''] as const),
  );
}, 'optional');

export const mappingViews: Commands = {
  lsfcmap: { ...lsfcmap, grammar: { ...lsfcmap.grammar, switches: ['nohdr', 'bytes', 'showhidden'] } },
  lsfcmapprogress: listing((machine, args) => {
    const mapping = shown(machine.state.mappings, args.target());
    const only = { id: String(mapping.id), progress: String(progressPercent(mapping)) };
    return concise(withoutObject(args), ['id', 'progress'], [only]);
  }, 'required'),
  lsfcmapdependentmaps: listing((machine, args) => {
    const dependents = dependentsOf(machine, shown(machine.state.mappings, args.target()));
    return concise(
      withoutObject(args),
      ['fc_id', 'fc_name'],
      dependents.map(({ id, name }) => ({ fc_id: String(id), fc_name: name })),
    );
  }, 'required'),
  lsvdiskfcmappings: listing((machine, args) => {
    const volume = findVolume(machine, args.target());
    if (!volume) throw refuse('CMMVC5754E', args.target());
    const both = machine.state.mappings.filter(({ source, target }) => source === volume.id || target === volume.id);
    return concise(
      withoutObject(args),
      ['id', 'name'],
      both.map(({ id, name }) => ({ id: String(id), name })),
    );
  }, 'required'),
};
