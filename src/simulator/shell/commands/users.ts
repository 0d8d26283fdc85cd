// Who is asking, and who may ask.
import { listing, shown, type Commands } from '../command.js';
import { attributesOf, concise, detailed, type Row } from '../view.js';

const COLUMNS = [
  'id',
  'name',
  'password',
  'ssh_key',
  'remote',
  'usergrp_id',
  'usergrp_name',
  'owner_id',
  'owner_name',
];
const ROLES = ['SecurityAdmin', 'Administrator', 'CopyOperator', 'Service', 'Monitor'];

export const userCommands: Commands = {
  lscurrentuser: listing((_machine, args, { user, role }) =>
    detailed(args, [
      ['name', user],
      ['role', role],
    ]),
  ),
  lsuser: listing(({ users }, args) => {
    const all = users.map((user, id) => ({ ...user, id }));
    const row = ({ id, name, role }: (typeof all)[number]): Row => ({
      ...{ id: String(id), name, password: 'yes', ssh_key: 'no', remote: 'no' },
      ...{ usergrp_id: String(ROLES.indexOf(role)), usergrp_name: role },
    });
    if (args.object === undefined) return concise(args, COLUMNS, all.map(row));
    return detailed(args, attributesOf(row(shown(all, args.object)), COLUMNS));
  }, 'optional'),
  lsusergrp: listing((_machine, args) => {
    const rows = ROLES.map((role, id) => ({ id: String(id), name: role, role, remote: 'no' }));
    return concise(args, ['id', 'name', 'role', 'remote', 'owner_id', 'owner_name'], rows);
  }),
};
