// The agent's rows about holds as the port's values: what a person or the janitor may give back without having been there.
import type { PlannedMount } from '../../domain/plan.js';
import type { Hold } from '../host.js';
import { integer, unreadable, values, type Row } from './answer.js';

/** `hold` rows, each followed by its `mount` and `unit` rows. */
export function readHolds(host: string, rows: readonly Row[]): Hold[] {
  const starts = rows.flatMap((row, at) => (row[0] === 'hold' ? [at] : []));
  if (rows.length > 0 && starts[0] !== 0) throw unreadable(host, (rows[0] ?? []).join(' '));
  return starts.map((from, at) => readHold(host, rows.slice(from, starts[at + 1] ?? rows.length)));
}

function readHold(host: string, [first = [], ...rows]: readonly Row[]): Hold {
  const [run = '', method = '', lease = '', place = ''] = values(host, first, 4);
  if (method !== 'quiesce' && method !== 'unmount') throw unreadable(host, first.join(' '));
  return {
    ...{ run, method, leaseMs: integer(host, lease), kept: place === 'kept' },
    mounts: rows.filter(([key]) => key === 'mount').map((row) => readMount(host, row)),
    units: rows.filter(([key]) => key === 'unit').map((row) => values(host, row, 1)[0] ?? ''),
  };
}

/** Identity and disks were known to the plan only; a give back needs neither. */
function readMount(host: string, row: Row): PlannedMount {
  const [mountPoint = '', device = '', fsType = '', options = '', unit = ''] = values(host, row, 5);
  return {
    mountPoint,
    device,
    fsType,
    options,
    unit: unit === '-' ? '' : unit,
    uuid: '',
    disks: [],
  };
}
