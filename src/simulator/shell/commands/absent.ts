// What this system does not have, listed as a system without it lists it: empty. Their objects do not exist; making one answers CMMVC7205E.
import { refuse } from '../../model/codes.js';
import { listing, type Command, type Commands } from '../command.js';
import { concise, detailed } from '../view.js';

const none = (...columns: readonly string[]): Command =>
  listing((_machine, args) => {
    if (args.object !== undefined) throw refuse('CMMVC5754E', args.object);
    return concise(args, ['id', 'name', ...columns], []);
  }, 'optional');

/** The system itself is always its own, only partner. */
const lspartnership = listing(({ state }, args) => {
  const local = { id: state.id, name: state.name, location: 'local', partnership: '', type: '' };
  if (args.object === undefined) return concise(args, Object.keys(local), [local]);
  if (![state.id, state.name].includes(args.object)) throw refuse('CMMVC5754E', args.object);
  return detailed(args, Object.entries(local));
}, 'optional');

export const absentCommands: Commands = {
  lspartnership,
  lspartnershipcandidate: none(),
  lsrcrelationship: none(
    ...[
      'master_cluster_id',
      'master_cluster_name',
      'master_vdisk_id',
      'master_vdisk_name',
      'aux_cluster_id',
    ],
    ...['aux_cluster_name', 'aux_vdisk_id', 'aux_vdisk_name', 'primary', 'consistency_group_id'],
    ...[
      'consistency_group_name',
      'state',
      'bg_copy_priority',
      'progress',
      'copy_type',
      'cycling_mode',
    ],
  ),
  lsrcconsistgrp: none(
    'master_cluster_id',
    'master_cluster_name',
    'aux_cluster_id',
    'aux_cluster_name',
    'state',
  ),
  lshostcluster: none(
    'status',
    'host_count',
    'mapping_count',
    'port_count',
    'protocol',
    'owner_id',
    'owner_name',
  ),
  lsownershipgroup: none(),
};
