// The janitor on Temporal: what its last round told, copies that need an operator, guards that act for long, and schedules that leave copies out because of such a run.
// Promise kept here: reads only. Visibility may lag and search attributes may be missing: nothing is concluded from what is not listed.
import { flashcopyCommand, shellWord } from '../domain/command-line.js';
import { activityInfo } from '@temporalio/activity';
import type { Finding, JanitorReport } from '../domain/janitor.js';
import type { Report } from '../domain/report.js';
import { isEnded } from '../domain/run-status.js';
import { MARGINS, WAITS } from '../domain/timing.js';
import { FLASH_COPY, GUARD } from '../workflows/messages.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies, SeenRun } from './dependencies.js';
import { whileBeating } from './heartbeat.js';

type RunActivities = Pick<FlashCopyActivities, 'flashCopyReviewRuns' | 'flashCopyJanitorScope'>;

const AT_ONCE = 10;

const finding = (
  more: Pick<Finding, 'key' | 'kind' | 'where' | 'what'> & Partial<Finding>,
): Finding => ({
  ...{ todo: '', needsPerson: false },
  ...more,
});

interface Asked {
  /** Those whose source lacks its I/O now. */
  readonly stuck: Report[];
  /** Those that did not say, or for which the time was too short. */
  readonly unheard: string[];
}

async function askAll(
  { runs, clock }: ActivityDependencies,
  open: readonly SeenRun[],
): Promise<Asked> {
  const stuck: Report[] = [];
  const unheard = new Set(open.map(({ workflowId }) => workflowId));
  const until = clock.now() + WAITS.janitorAsks;
  for (let from = 0; from < open.length && clock.now() < until; from += AT_ONCE) {
    const asked = open.slice(from, from + AT_ONCE);
    const reports = await Promise.all(asked.map(({ workflowId }) => runs.report(workflowId)));
    for (const [at, report] of reports.entries()) {
      if (report === undefined) continue;
      unheard.delete(asked[at]!.workflowId);
      if (report.phase === 'NEEDS_OPERATOR') stuck.push(report);
    }
  }
  return { stuck, unheard: [...unheard] };
}

const MOST_NAMES = 5;

/** A copy that does not answer may need a person as well as any other: it is said that nobody knows. */
function unheardCopies(unheard: readonly string[]): Finding[] {
  const [first] = unheard;
  if (first === undefined) return [];
  const more = unheard.length > MOST_NAMES ? ` and ${unheard.length - MOST_NAMES} more` : '';
  return [
    finding({
      ...{ key: `unheard/${first}/${unheard.length}`, kind: 'not-looked-at', where: first },
      what: `open copies that did not say how they stand: ${unheard.slice(0, MOST_NAMES).join(', ')}${more}`,
      todo: flashcopyCommand('status', first),
    }),
  ];
}

/** The run itself has called: here it is only listed. */
const stuckRun = ({ workflowId, advice }: Report): Finding =>
  finding({
    ...{ key: `run/${workflowId}`, kind: 'stuck-run', where: workflowId },
    what: `${workflowId} needs an operator: ${advice[0] ?? ''}`,
    todo: flashcopyCommand('status', workflowId),
  });

async function stuckGuards(
  deps: ActivityDependencies,
  open: ReadonlySet<string>,
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { workflowId } of await deps.runs.open(GUARD)) {
    const [copy = '', firstRunId] = workflowId.split('/guard/');
    if (open.has(copy)) continue;
    const { status, closedAt } = await deps.runs.status(copy, firstRunId);
    const forMs = deps.clock.now() - (closedAt ?? 0);
    if (!isEnded(status) || forMs < MARGINS.stuckGuard) continue;
    found.push(
      finding({
        ...{
          key: `guard/${workflowId}`,
          kind: 'stuck-guard',
          where: workflowId,
          needsPerson: true,
        },
        what: `${copy} is gone, and its guard has not cleared away after it in ${Math.round(forMs / 60_000)} min`,
        todo: `see what its activities wait for: temporal workflow describe --workflow-id ${shellWord(workflowId)}`,
      }),
    );
  }
  return found;
}

/** Told once for each copy that was left out: the count is part of the key. */
async function skippedSchedules(
  { runs }: ActivityDependencies,
  stuck: readonly Report[],
): Promise<Finding[]> {
  if (stuck.length === 0) return [];
  const byId = new Map(stuck.map((report) => [report.workflowId, report]));
  return (await runs.schedules()).flatMap(({ id, skipped, running }) => {
    const run = running.find((each) => byId.has(each));
    if (run === undefined || skipped === 0) return [];
    return finding({
      ...{
        key: `schedule/${id}/${run}/${skipped}`,
        kind: 'schedule-skipped',
        where: id,
        needsPerson: true,
      },
      what: `schedule ${id} has left out ${skipped} ${skipped === 1 ? 'copy' : 'copies'}: ${run} needs an operator, and no other begins before it ends`,
      todo: byId.get(run)?.advice[0] ?? flashcopyCommand('status', run),
    });
  });
}

const hostsOf = ({ operator = [] }: Report): string[] =>
  operator
    .filter(({ givenBackAt, resolved }) => givenBackAt === undefined && resolved === undefined)
    .map(({ host }) => host);

/** The server hands no result from one action of a schedule to the next: the last round is asked. */
async function toldBefore(
  { runs }: ActivityDependencies,
  schedule: string | undefined,
): Promise<readonly string[]> {
  if (schedule === undefined) return [];
  const own = activityInfo().workflowExecution?.runId ?? '';
  const last = (await runs.lastResult(schedule, own)) as Partial<JanitorReport> | undefined;
  return last?.told ?? [];
}

export const janitorRunActivities = (deps: ActivityDependencies): RunActivities => ({
  flashCopyJanitorScope: ({ schedule }) =>
    whileBeating(deps.clock, async () => ({
      ...{ arrays: deps.declaredArrays, hosts: deps.declaredHosts },
      told: await toldBefore(deps, schedule),
    })),

  flashCopyReviewRuns: () =>
    whileBeating(deps.clock, async () => {
      const open = await deps.runs.open(FLASH_COPY);
      const { stuck, unheard } = await askAll(deps, open);
      const ids = new Set(open.map(({ workflowId }) => workflowId));
      return {
        openCopies: open.length,
        calledHosts: [...new Set(stuck.flatMap(hostsOf))],
        reported: [
          ...stuck.map(stuckRun),
          ...unheardCopies(unheard),
          ...(await stuckGuards(deps, ids)),
          ...(await skippedSchedules(deps, stuck)),
        ],
      };
    }),
});
