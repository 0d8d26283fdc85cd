// The report as people read it at the end of a run: how it ended first, what to do last.
import { colours as pc } from './colours.js';
import type { ErrorData } from '../domain/errors.js';
import type { Outcome, Report, StepReport } from '../domain/report.js';
import { pauseText, stepSeconds } from './step-lines.js';

const COLOURS: Partial<Record<Outcome, (text: string) => string>> = {
  done: pc.green,
  running: pc.cyan,
};

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];

function stepLine(step: StepReport): string {
  const note = step.note === undefined ? '' : `  ${step.note}`;
  return `${step.state.padEnd(7)} ${stepSeconds(step).padStart(8)}  ${step.name.padEnd(15)} ${step.subject.padEnd(10)}${note}`.trimEnd();
}

/** One line for each reason; the code is said once. */
export const errorText = ({ code, message }: ErrorData): string =>
  message.includes(code) ? message : `${code}: ${message}`;

/** `DONE, grade filesystem, verified`. A copy that is not good has no grade to speak of. */
export function headline({ outcome, grade, verified }: Report): string {
  const word = (COLOURS[outcome] ?? pc.red)(outcome.toUpperCase().replace('-', ' '));
  if (grade === undefined && outcome !== 'done') return word;
  return `${word}, ${grade === undefined ? 'no grade' : `grade ${grade}`}, ${verified ? 'verified' : 'not verified'}`;
}

/** `live`: error, pauses, steps and undos have been shown while they happened. */
export function reportLines(report: Report, { live = false } = {}): string[] {
  const first = [
    ...(live ? [''] : []),
    `${report.set || report.workflowId}: ${headline(report)}`,
    ...(report.takenAt === undefined ? [] : [`point in time ${report.takenAt}`]),
    ...(report.expectedEnd === undefined
      ? []
      : [`background copy expected to end ${report.expectedEnd}`]),
  ];
  const result = [
    ...section(
      'mounted',
      report.mounts.map(
        (m) => `${m.host}: ${m.at} (copy of ${m.from})  ${m.device}  UUID ${m.uuid}`,
      ),
    ),
    ...section('volumes', report.volumes.map(volumeText)),
    ...section(
      'snapshots',
      (report.snapshots ?? []).map((s) => `${s.array}: ${s.name} of volume group ${s.volumeGroup}`),
    ),
  ];
  const happened = [
    ...section('error', report.error === undefined ? [] : errorText(report.error).split('\n')),
    ...section('warnings', report.warnings ?? []),
    ...section('pause', report.pauses.map(pauseText)),
    ...section('steps', report.steps.map(stepLine)),
    ...section(
      'undone',
      report.compensation.map(
        (c) =>
          `${c.ok ? 'done' : 'NOT DONE'}: ${c.what}${c.note === undefined ? '' : ` (${c.note})`}`,
      ),
    ),
  ];
  return [...first, ...(live ? [] : happened), ...result, ...section('what to do', report.advice)];
}

const volumeText = ({
  array,
  source,
  target,
  progressPercent,
  independent,
}: Report['volumes'][number]): string =>
  `${array}: ${source} -> ${target}  ${progressPercent} %, ${independent ? 'independent' : 'needs its source'}`;
