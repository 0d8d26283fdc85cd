// lseventlog: copies that stopped by themselves, volumes that ran full, nodes that changed. Event ids and error codes are not simulated.
import type { ArrayEvent } from '../../events.js';
import { refuse } from '../../model/codes.js';
import { change, listing, listingWith, type Commands } from '../command.js';
import { attributesOf, concise, detailed, type Row } from '../view.js';

const COLUMNS = [
  ...[
    'sequence_number',
    'last_timestamp',
    'object_type',
    'object_id',
    'object_name',
    'copy_id',
    'status',
    'fixed',
  ],
  ...['event_id', 'error_code', 'description', 'secondary_object_type', 'secondary_object_id'],
];

const row = (event: ArrayEvent): Row => ({
  sequence_number: String(event.sequence),
  last_timestamp: event.time,
  object_type: event.objectType,
  object_id: String(event.objectId),
  object_name: event.objectName,
  status: event.status,
  fixed: event.status === 'alert' ? 'no' : '',
  description: event.description,
});

const lseventlog = listing((machine, args) => {
  const events = machine.events.list();
  if (args.object !== undefined) {
    const found = events.find(({ sequence }) => String(sequence) === args.object);
    if (!found) throw refuse('CMMVC5754E', args.object);
    return detailed(args, attributesOf(row(found), COLUMNS));
  }
  const shown = events.filter(({ status }) => args.value('alert') !== 'yes' || status === 'alert');
  return concise(args, COLUMNS, shown.map(row));
}, 'optional');

export const eventCommands: Commands = {
  lseventlog: listingWith({ values: ['alert', 'message', 'order', 'fixed'] }, lseventlog),
  clearerrlog: change({ switches: ['force'] }, (machine) => {
    machine.events.clear();
    return '';
  }),
};
