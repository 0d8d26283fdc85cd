// The report as people read it at the end of a run.
import type { Report, StepReport } from '../domain/report.js';
import { stepSeconds } from './step-lines.js';

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];

function stepLine(step: StepReport): string {
  const subject = step.subject === '' ? '' : ` ${step.subject}`;
  const note = step.note === undefined ? '' : `  (${step.note})`;
  return `${step.state.padEnd(7)} ${stepSeconds(step).padStart(8)}  ${step.name}${subject}${note}`;
}

export function reportLines(report: Report): string[] {
  const grade = report.grade === undefined ? 'no grade' : `grade ${report.grade}`;
  const verified = report.verified ? 'verified' : 'not verified';
  return [
    `${report.set || report.workflowId}: ${report.outcome}, ${grade}, ${verified}`,
    ...(report.takenAt === undefined ? [] : [`taken at ${report.takenAt}`]),
    ...section('error', report.error === undefined ? [] : [`${report.error.code}: ${report.error.message}`]),
    ...section(
      'pause',
      report.pauses.map(
        (p) => `${p.host}: ${p.pauseMs} ms by ${p.method}, ${p.broken === '' ? 'unbroken' : `BROKEN: ${p.broken}`}`,
      ),
    ),
    ...section('steps', report.steps.map(stepLine)),
    ...section(
      'volumes',
      report.volumes.map(
        (v) =>
          `${v.array}: ${v.source} -> ${v.target}  ${v.progressPercent} %${v.independent ? ', independent' : ', depends on its source'}`,
      ),
    ),
    ...section(
      'mounts',
      report.mounts.map((m) => `${m.host}: ${m.at} (copy of ${m.from}) ${m.device} ${m.uuid}`),
    ),
    ...section(
      'compensation',
      report.compensation.map(
        (c) => `${c.ok ? 'undone' : 'NOT UNDONE'}: ${c.what}${c.note === undefined ? '' : ` (${c.note})`}`,
      ),
    ),
    ...section('what to try next', report.advice),
  ];
}
