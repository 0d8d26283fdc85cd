// What changed between two reports, one line each: the plain form of progress, and the text above the bars on a terminal.
import type { Report, StepReport } from '../domain/report.js';

const keyOf = (step: StepReport, index: number): string => `${index} ${step.state}`;
const title = (step: StepReport): string => (step.subject === '' ? step.name : `${step.name} ${step.subject}`);

/** `12.3 s`; '' for a step that still runs. Steps are stamped with the workflow's clock. */
export function stepSeconds(step: StepReport): string {
  if (step.endedAt === undefined) return '';
  return `${((Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000).toFixed(1)} s`;
}

export type Mark = StepReport['state'] | 'phase' | 'pause' | 'undone' | 'not-undone' | 'retry';
export interface ProgressLine {
  readonly mark: Mark;
  readonly text: string;
}

function stepLine(step: StepReport): ProgressLine {
  const parts = [title(step), step.state === 'done' ? stepSeconds(step) : '', step.note ?? ''];
  return { mark: step.state, text: parts.filter((part) => part !== '').join('  ') };
}

/** Lines for everything in `now` that `before` did not show. */
export function newLines(before: Report | undefined, now: Report): ProgressLine[] {
  const seen = new Set(before?.steps.map(keyOf));
  const steps = now.steps.filter((step, index) => !seen.has(keyOf(step, index))).map(stepLine);
  const pauses = now.pauses
    .filter(({ host }) => !before?.pauses.some((pause) => pause.host === host))
    .map((p): ProgressLine => ({
      mark: 'pause',
      text: `${p.host} was without I/O for ${p.pauseMs} ms (${p.method})${p.broken === '' ? '' : `, BROKEN: ${p.broken}`}`,
    }));
  const undone = now.compensation.slice(before?.compensation.length ?? 0).map((c): ProgressLine => ({
    mark: c.ok ? 'undone' : 'not-undone',
    text: c.note === undefined ? c.what : `${c.what} (${c.note})`,
  }));
  const phase: ProgressLine[] =
    now.phase === 'NEEDS_OPERATOR' && before?.phase !== now.phase
      ? now.advice.map((text) => ({ mark: 'phase', text }))
      : [];
  return [...steps, ...pauses, ...undone, ...phase];
}
