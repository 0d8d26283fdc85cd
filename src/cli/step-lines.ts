// What changed between two reports, one line each: the plain form of progress, and the text above the bars on a terminal.
import type { PauseReport, Report, StepReport } from '../domain/report.js';
import { STEP_MEANING } from '../domain/steps.js';

const keyOf = (step: StepReport, index: number): string => `${index} ${step.state}`;
/** Columns wide enough for the longest step and common names. */
const title = ({ name, subject }: StepReport): string => `${name.padEnd(15)} ${subject.padEnd(10)}`;

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
  const [first = '', ...more] = (step.note ?? STEP_MEANING[step.name]).split('\n');
  const said = more.length === 0 ? first : `${first} (and ${more.length} more)`;
  return { mark: step.state, text: `${title(step)} ${stepSeconds(step).padStart(8)}  ${said}` };
}

/** How long a host stood still, or that nobody can say so. */
export function pauseText({ host, method, pauseMs, broken }: PauseReport): string {
  if (broken === '') return `${host} was without I/O for ${pauseMs} ms (${method}), unbroken`;
  return `${host} did not stand still for certain (${method}): ${broken}`;
}

/** Lines for everything in `now` that `before` did not show. */
export function newLines(before: Report | undefined, now: Report): ProgressLine[] {
  const seen = new Set(before?.steps.map(keyOf));
  const steps = now.steps.filter((step, index) => !seen.has(keyOf(step, index))).map(stepLine);
  const pauses = now.pauses
    .filter(({ host }) => !before?.pauses.some((pause) => pause.host === host))
    .map((pause): ProgressLine => ({ mark: 'pause', text: pauseText(pause) }));
  const undone = now.compensation
    .slice(before?.compensation.length ?? 0)
    .map((c): ProgressLine => ({
      mark: c.ok ? 'undone' : 'not-undone',
      text: c.note === undefined ? c.what : `${c.what} (${c.note})`,
    }));
  const phase: ProgressLine[] =
    now.phase === 'NEEDS_OPERATOR' && before?.phase !== now.phase
      ? now.advice.map((text) => ({ mark: 'phase', text }))
      : [];
  // A pause is over before its source is said to be given back.
  const at = steps.findIndex(({ text }) => text.startsWith('giveBack'));
  const cut = at < 0 ? steps.length : at;
  return [...steps.slice(0, cut), ...pauses, ...steps.slice(cut), ...undone, ...phase];
}
