// What a person can do now, one line each. Pure; the same lines in the Temporal UI, in the report and on the command line.
import { flashcopyCommand } from '../domain/command-line.js';
import type { Report, SnapshotReport } from '../domain/report.js';
import type { StepName } from '../domain/steps.js';
import { remedyOf } from '../domain/remedies.js';

/** What an undo says that showed targets again as they were: their data is as it was. */
export const PRESENTED_AGAIN = 'mapped and found again; not mounted again';

/** The same of production, where a restore had not begun, and where it had been carried out. */
export const MOUNTED_AGAIN = 'mapped and mounted again, as it was';
export const MOUNTED_RESTORED = 'mapped and mounted again, as restored';

/** Of production in the step `mount`, and in an undo: a run before this one was torn away, or somebody had let it go. */
export const NOT_MOUNTED_BEFORE =
  'nothing of it was mounted when the plan was made, so nothing is: mount it by hand';

/** Before the name of a step of the user's own, in an undo. */
export const HOOK = 'your step ';

type Told = Omit<Report, 'advice'>;

/** `stuck`: hosts that may lack their I/O, with what is known and what to do by hand. */
export function advice(report: Told, stuck: ReadonlyMap<string, string>): string[] {
  if (stuck.size > 0)
    return [
      ...[...stuck].map(([host, what]) => `${host} may lack its I/O: ${what}`),
      `it is tried again all the time; to try at once: \`${flashcopyCommand('give-back', report.workflowId)}\`, or update \`retryGiveBack\``,
      `given back by hand: \`${flashcopyCommand('resolve', report.workflowId, '--reason', 'TEXT')}\`, or update \`resolve\`; the run then ends as failed`,
    ];
  const undone = report.compensation.filter((entry) => !entry.ok);
  if (undone.length > 0)
    return undone.map(
      ({ what, note }) =>
        `not undone: ${what} (${note ?? ''}); ${what.startsWith(HOOK) ? 'see to it by hand' : 'the guard goes on trying'}`,
    );
  switch (report.outcome) {
    case 'running':
      return [
        `to stop it and undo what was done: \`${flashcopyCommand('cancel', report.workflowId)}\`, or update \`abort\``,
      ];
    case 'refused':
      return [
        `nothing was touched; ${remedy(report) ?? 'change what the message names, then run again'}`,
      ];
    case 'failed':
    case 'cancelled':
      return [
        ...handed(report),
        `${handed(report).length === 0 ? 'every source' : 'every other source'} has its I/O; ${whatIsLeft(report)}`,
        remedy(report) ?? 'run again when the cause is repaired',
      ];
    case 'done':
      return [...unmounted(report), ...ofDone(report)];
    case 'needs-operator':
      return [];
  }
}

const unmounted = ({ steps }: Told): string[] =>
  steps
    .filter(({ note }) => note === NOT_MOUNTED_BEFORE)
    .map(({ subject, note }) => `${subject}: ${note ?? ''}`);

function ofDone(report: Told): string[] {
  return report.volumes.every(({ independent }) => independent)
    ? []
    : report.snapshots !== undefined
      ? report.snapshots.map(ofSnapshot)
      : [
          'the copy needs its source until the array has copied 100 %: keep the source volumes and the group until then',
        ];
}

const remedy = ({ error }: Told): string | undefined =>
  error === undefined ? undefined : remedyOf(error.code);

/** Sources for which a person gave their word: nothing more is claimed of them. */
const handed = ({ operator = [] }: Told): string[] =>
  operator.flatMap(({ resolved }) =>
    resolved === undefined
      ? []
      : [
          `${resolved.host} was resolved by hand, by ${resolved.by}: ${resolved.reason} (${resolved.read})`,
        ],
  );

const ofSnapshot = ({ array, volumeGroup, name }: SnapshotReport): string =>
  `snapshot ${name} of volume group ${volumeGroup} on ${array} needs its source volumes; to go back to it: copy.kind restore-snapshot, restoreFrom ${name}`;

function whatIsLeft({ takenAt, steps, snapshots, compensation, error }: Told): string {
  const kept = snapshots?.map(({ name }) => name).join(', ');
  if (kept !== undefined) return `snapshot ${kept} is not good, and still there: do not use it`;
  if (compensation.some(({ what, ok }) => ok && what.startsWith('remove snapshot')))
    return 'there is no copy: its snapshot is gone again';
  const said = new Set(compensation.map(({ note }) => note));
  if (said.has(NOT_MOUNTED_BEFORE)) return `production is mapped again; ${NOT_MOUNTED_BEFORE}`;
  if (said.has(MOUNTED_RESTORED)) return 'production is restored, and mounted again';
  if (said.has(MOUNTED_AGAIN))
    return 'nothing was restored, and production is mounted again as it was';
  if (said.has(PRESENTED_AGAIN))
    return 'there is no copy, and the data of the targets is as it was';
  if (takenAt !== undefined)
    return 'the group may still be copying, but the copy is not good: do not use the targets';
  if (steps.some(({ name, state }) => name === 'prepare' && state !== 'skipped'))
    return 'there is no copy, and what the targets held before is void';
  const ran = (step: StepName): boolean =>
    steps.some(({ name, state }) => name === step && state !== 'skipped');
  if (ran('makePreparable'))
    return 'there is no copy; a former one that still ran may be stopped: under 100 % it holds nothing';
  const unknown = steps.find(({ state }) => state === 'failed')?.name;
  if (error?.outcome === 'unknown' && unknown !== undefined)
    return `there is no copy, and no prepare was sent; what ${unknown} did is not known: what was found of it is undone`;
  return 'there is no copy, and no data was touched';
}
