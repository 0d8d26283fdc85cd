// A hold order as words of the agent, every name checked; and the agent's row about a pause as a report.
import type { PlannedMount } from '../../domain/plan.js';
import type { PauseReport } from '../../domain/report.js';
import type { HoldOrder } from '../host.js';
import { integer, unreadable, values, type Row } from './answer.js';
import { checked } from './words.js';

export function holdWords(order: HoldOrder): string[] {
  const mounts = order.mounts.flatMap((mount) => [
    'mount',
    checked('path', mount.mountPoint),
    checked('device', mount.device),
    checked('fsType', mount.fsType),
    // The holder reads the options from the kernel when it unmounts; these are for people who read the job.
    mount.options.replaceAll(/[^A-Za-z0-9=,._-]/g, ''),
    mount.unit === '' ? '' : checked('unit', mount.unit),
  ]);
  const units = order.units.flatMap((unit) => ['unit', checked('unit', unit)]);
  return [
    checked('run', order.run),
    order.method,
    String(Math.round(order.deadlineMs)),
    ...mounts,
    ...units,
  ];
}

export const points = (mounts: readonly PlannedMount[]): string[] =>
  mounts.map((mount) => checked('path', mount.mountPoint));

/** `pause METHOD BEGAN QUIESCED GIVEN BROKEN STILL_UNTIL` among the rows, or undefined when nothing had begun. */
export function pauseReport(host: string, rows: readonly Row[]): PauseReport | undefined {
  const row = rows.find((candidate) => candidate[0] === 'pause');
  if (row === undefined) return undefined;
  const [method = '', began = '', quiesced = '', given = '', broken = '', still = ''] = values(
    host,
    row,
    6,
  );
  if (method !== 'unmount' && method !== 'quiesce') throw unreadable(host, row.join(' '));
  const [beganAt, quiescedAt, givenBackAt] = [began, quiesced, given].map((text) =>
    integer(host, text),
  ) as [number, number, number];
  const appeared = rows
    .filter((candidate) => candidate[0] === 'appeared')
    .map((candidate) => candidate[1] ?? '');
  const notes = appeared.map(
    (file) => `appeared below the mount point while it was unmounted: ${file}`,
  );
  return {
    host,
    method,
    beganAt,
    quiescedAt,
    givenBackAt,
    pauseMs: givenBackAt - beganAt,
    broken,
    ...(still === '' ? {} : { stillUntil: integer(host, still) }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}
