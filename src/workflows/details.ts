// What a person reads in the Temporal UI while a run is open, in Markdown, and what they can do next. Pure; built from the report alone.
import type { PauseReport, Report } from '../domain/report.js';

type Told = Omit<Report, 'advice'>;

/** One line for each thing a person can do now. */
export function advice(report: Told, stuck: ReadonlyMap<string, string>): string[] {
  if (stuck.size > 0) {
    return [...stuck].map(
      ([host, why]) =>
        `${host} has not got its I/O back (${why}): repair the way to it, then send update \`retryGiveBack\``,
    );
  }
  const undone = report.compensation.filter((entry) => !entry.ok);
  if (undone.length > 0)
    return undone.map(({ what, note }) => `not undone: ${what} (${note ?? ''}); the guard goes on trying`);
  if (report.outcome === 'refused') return ['nothing was touched: change what the message names, then start again'];
  if (report.outcome === 'failed' || report.outcome === 'cancelled') {
    const left =
      report.takenAt === undefined ? 'there is no copy' : 'the group may still be copying, but the copy is not good';
    return [`every source has its I/O; ${left}; start again when the cause is repaired`];
  }
  if (report.outcome === 'running')
    return ['to stop it and undo what was done: update `abort`, or cancel the workflow'];
  return [];
}

export function detailsOf(report: Report): string {
  const running = report.steps.filter((step) => step.state === 'running');
  const parts = [
    `**${report.phase}** ${report.outcome}${report.grade === undefined ? '' : `, grade \`${report.grade}\``}${report.verified ? ', verified' : ''}`,
    running.map((step) => `- ${step.name} ${step.subject}`).join('\n'),
    report.error === undefined ? '' : `\`${report.error.code}\` ${report.error.message}`,
    report.pauses.length === 0 ? '' : pauseTable(report.pauses),
    progressLine(report),
    report.advice.map((line) => `> ${line}`).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function pauseTable(pauses: readonly PauseReport[]): string {
  const rows = pauses.map(
    (p) => `| ${p.host} | ${p.method} | ${p.pauseMs} ms | ${p.broken === '' ? 'unbroken' : p.broken} |`,
  );
  return ['| host | method | without I/O | quiesce |', '|---|---|---|---|', ...rows].join('\n');
}

function progressLine({ volumes }: Told): string {
  if (volumes.length === 0) return '';
  const least = Math.min(...volumes.map((volume) => volume.progressPercent));
  return `${volumes.length} volumes, the slowest at ${least} %`;
}
