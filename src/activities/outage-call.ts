// A person hears of trouble that lasts, and of its end. Said from the activity that meets it: its
// workflow sleeps meanwhile, and a history keeps nothing of it. It may be said twice, never not at all.
import { activityInfo } from '@temporalio/activity';
import type { ErrorData } from '../domain/errors.js';
import { NOTICE_WAYS, type Notice } from '../domain/notice.js';
import type { Trouble } from '../domain/patience.js';
import type { ActivityDependencies } from './dependencies.js';

interface About {
  readonly order: unknown;
  readonly data: ErrorData;
  readonly trouble: Trouble;
}

/** True once every way was tried, and none of them is to be tried again. */
export async function callPerson(
  deps: ActivityDependencies,
  { order, data, trouble }: About,
): Promise<boolean> {
  const minutes = Math.round(trouble.ms / 60_000);
  return say(deps, {
    ...subjectOf(order),
    what: 'outage',
    why: `${activityInfo().activityType} has not worked for ${minutes} min: ${data.message}`,
    todo: ['mend what is named here: the run goes on by itself, nothing has to be started again'],
  });
}

/** The call of before is withdrawn. */
export const callOff = (deps: ActivityDependencies, order: unknown): Promise<boolean> =>
  say(deps, {
    ...subjectOf(order),
    what: 'outage-over',
    why: `${activityInfo().activityType} works again`,
    todo: [],
  });

async function say({ notifier }: ActivityDependencies, notice: Notice): Promise<boolean> {
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  const signed = { ...notice, workflowId, runId };
  const said = await Promise.allSettled(NOTICE_WAYS.map((way) => notifier.send(way, signed)));
  // One way that failed is tried again with the next failure, if nobody was told by another.
  return said.every(({ status }) => status === 'fulfilled') || said.some(isTold);
}

const isTold = (said: PromiseSettledResult<boolean>): boolean =>
  said.status === 'fulfilled' && said.value;

/** Orders name set, run and place in their own ways. */
function subjectOf(order: unknown): Pick<Notice, 'set' | 'run' | 'host'> {
  const { set, run, host, array, target, source } = (order ?? {}) as Record<string, unknown>;
  const named = [host, hostOf(target), hostOf(source), array].find((name) => isText(name));
  return { set: textOf(set), run: textOf(run), host: textOf(named) };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const textOf = (value: unknown): string => (isText(value) ? value : '');
const hostOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? (value as { host?: unknown }).host : undefined;
