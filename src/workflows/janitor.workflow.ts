// The janitor: looks at every array and host of the inventory for what dead runs left, mends what is safe, reports the rest. Started by a schedule.
// Promise kept here: a round ends in bounded time whatever does not answer, and people are told of each trouble once.
import { CancellationScope, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import { noticeOf, type Finding, type Findings, type JanitorReport } from '../domain/janitor.js';
import type { FlashCopyActivities } from '../activities/contract.js';
import type { ByHand } from '../domain/report.js';
import { WAITS } from '../domain/timing.js';
import { perform } from './activities.js';
import { tell } from './call-operator.js';
import { errorLine } from './failure.js';
import { fieldsOf } from './inputs.js';
import type { JanitorInput } from './messages.js';
import { now } from './report.js';

/** What a person can read; the rest is counted. */
const MOST_FINDINGS = 200;

export async function flashCopyJanitor(input: JanitorInput = {}): Promise<JanitorReport> {
  const { schedule } = fieldsOf(input) as JanitorInput;
  const scope = { summary: 'which arrays and hosts there are' };
  const order = typeof schedule === 'string' ? { schedule } : {};
  const { arrays, hosts, told: before } = await perform('flashCopyJanitorScope', scope, order);
  const runs = await reviewRuns();
  const byArray = await Promise.all(arrays.map(tidyArray));
  const resolved = byArray.flatMap((each) => each.resolved);
  const byHost = await Promise.all(
    hosts.map((host) => tidyHost(host, resolved, runs.calledHosts.includes(host))),
  );
  const all = [...byArray, ...byHost];
  const findings: Findings = {
    repaired: all.flatMap(({ repaired }) => repaired).slice(0, MOST_FINDINGS),
    reported: urgentFirst([...runs.reported, ...all.flatMap(({ reported }) => reported)]).slice(
      0,
      MOST_FINDINGS,
    ),
  };
  setCurrentDetails(detailsOf(findings));
  const told =
    order.schedule === undefined ? [] : await tellOnce(findings.reported, new Set(before));
  return { at: now(), ...findings, told, arrays, hosts, openCopies: runs.openCopies };
}

const urgentFirst = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => Number(b.needsPerson) - Number(a.needsPerson));

async function reviewRuns(): ReturnType<FlashCopyActivities['flashCopyReviewRuns']> {
  try {
    const summary = 'look at open copies, guards and schedules';
    return await perform('flashCopyReviewRuns', { summary }, undefined);
  } catch (error) {
    return { openCopies: 0, calledHosts: [], reported: [notLookedAt('runs', 'Temporal', error)] };
  }
}

async function tidyArray(
  array: string,
): Promise<Findings & { readonly resolved: readonly ByHand[] }> {
  try {
    return await perform(
      'flashCopyTidyArray',
      { summary: `groups and locks of ${array}` },
      { array },
    );
  } catch (error) {
    return { repaired: [], reported: [notLookedAt('array', array, error)], resolved: [] };
  }
}

async function tidyHost(
  host: string,
  words: readonly ByHand[],
  called: boolean,
): Promise<Findings> {
  const resolved = words.filter((word) => word.host === host).map(({ run }) => run);
  try {
    return await perform(
      'flashCopyTidyHost',
      { summary: `holds of ${host}` },
      { host, resolved, called },
    );
  } catch (error) {
    return { repaired: [], reported: [notLookedAt('host', host, error)] };
  }
}

/** No alarm: a host that is away for a while is nothing the janitor is needed for. */
function notLookedAt(kind: string, where: string, error: unknown): Finding {
  if (isCancellation(error)) throw error;
  const what = `${where} could not be looked at: ${errorLine(error)}`;
  return {
    key: `${kind}/${where}`,
    kind: 'not-looked-at',
    where,
    what,
    todo: '',
    needsPerson: false,
  };
}

/** What was told in the round before, and still is so, is not told again. Answers the keys of what people know. */
async function tellOnce(
  reported: readonly Finding[],
  before: ReadonlySet<string>,
): Promise<string[]> {
  const urgent = reported.filter(({ needsPerson }) => needsPerson);
  const known = urgent.filter(({ key }) => before.has(key)).map(({ key }) => key);
  const fresh = urgent.filter(({ key }) => !before.has(key));
  if (fresh.length === 0) return known;
  const { why, ...message } = noticeOf(fresh);
  try {
    await CancellationScope.withTimeout(WAITS.janitorTells, () =>
      tell({ ...message, set: '', run: '', host: '' }, why),
    );
  } catch {
    return known;
  }
  return [...known, ...fresh.map(({ key }) => key)];
}

function detailsOf({ repaired, reported }: Findings): string {
  const list = (title: string, findings: readonly Finding[]): string[] =>
    findings.length === 0
      ? []
      : [
          `${title}:`,
          '',
          ...findings.map(({ what, todo }) => `- ${what}${todo === '' ? '' : `: ${todo}`}`),
          '',
        ];
  const lines = [
    ...list(
      'Needs a person',
      reported.filter(({ needsPerson }) => needsPerson),
    ),
    ...list('Mended', repaired),
    ...list(
      'Seen',
      reported.filter(({ needsPerson }) => !needsPerson),
    ),
  ];
  return lines.length === 0 ? 'Nothing was left behind.' : lines.join('\n');
}
