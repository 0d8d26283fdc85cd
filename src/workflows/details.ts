// What a person reads in the Temporal UI while a run is open, in Markdown. Pure; built from the report alone.
// Lists, no tables: the UI draws tables without any space between their columns.
import type { PauseReport, Report } from '../domain/report.js';
import { STEP_MEANING } from '../domain/steps.js';

/** The UI keeps 20,000 bytes; the query `report` holds everything. */
const MOST_LINES = 25;

export function detailsOf(report: Report, about: string): string {
  const todo = report.advice.map((line) => `> ${line}`).join('\n>\n');
  const trouble = report.error !== undefined || report.phase === 'NEEDS_OPERATOR';
  const parts = [
    headline(report),
    about,
    errorLines(report),
    trouble ? todo : '',
    list('Now', runningSteps(report)),
    list('Without I/O', report.pauses.map(pauseLine)),
    list(
      'Mounted',
      report.mounts.map(({ host, at, from }) => `${host}: \`${at}\` (copy of \`${from}\`)`),
    ),
    list('Volumes', volumeLines(report)),
    trouble ? '' : todo,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function headline({ phase, outcome, grade, verified }: Report): string {
  const word = outcome === 'refused' ? 'REFUSED' : phase;
  const proved =
    grade === undefined
      ? ''
      : `, grade \`${grade}\`, ${verified ? 'verified' : 'not verified yet'}`;
  return `**${word}**${proved}`;
}

/** A refusal has a line for each reason. */
function errorLines({ error }: Report): string {
  if (error === undefined) return '';
  const code = error.message.includes(error.code) ? '' : `\`${error.code}\` `;
  const [first = '', ...rest] = error.message.split('\n');
  return rest.length === 0 ? code + first : [first, ...rest].map((line) => `- ${line}`).join('\n');
}

const runningSteps = (report: Report): string[] =>
  report.steps
    .filter((step) => step.state === 'running')
    .map(
      ({ name, subject }) =>
        `\`${name}\` ${subject === '' ? '' : `${subject}: `}${STEP_MEANING[name]}`,
    );

function pauseLine({ host, method, pauseMs, broken }: PauseReport): string {
  return `${host}: ${pauseMs} ms (${method})${broken === '' ? ', unbroken' : `, **not proved**: ${broken}`}`;
}

function volumeLines({ volumes, steps }: Report): string[] {
  // Progress does not reach the workflow before the end: a number here would stand still for hours.
  const copying = steps.some((step) => step.name === 'backgroundCopy' && step.state === 'running');
  return volumes.map(({ array, source, target, progressPercent, independent }) => {
    const progress = independent
      ? 'independent of its source'
      : `${progressPercent} % when last read`;
    const now = copying
      ? 'copying, progress in *Pending Activities* or `flashcopy status`'
      : progress;
    return `${array}: \`${source}\` → \`${target}\`, ${now}`;
  });
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const more =
    lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more: query \`report\``] : [];
  return [
    `${title}:`,
    '',
    ...[...lines.slice(0, MOST_LINES), ...more].map((line) => `- ${line}`),
  ].join('\n');
}
