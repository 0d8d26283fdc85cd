// A source gets its I/O back: tried until it works, whatever happens; a person is called when it takes long.
// Promise P2 is kept here: no workflow of this library ends while this has not come back.
import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { RunRef } from '../activities/contract.js';
import type { PlannedSource } from '../domain/plan.js';
import type { ByHand, PauseReport } from '../domain/report.js';
import { WAITS } from '../domain/timing.js';
import { perform } from './activities.js';
import type { OperatorCall } from './call-operator.js';
import { errorLine } from './failure.js';

/** What a person can do to a give back that goes on. */
export interface GiveBackHand {
  readonly order: GiveBackOrder;
  /** Try again now. */
  again(): void;
  /** No more tries: a person gave it back. */
  resolve(word: ByHand): void;
  /** No more tries: whoever else tried has given it back. */
  settle(): void;
}

/** Who is told, and where people reach in. */
export interface GiveBackWatcher {
  stuck(host: string, why: string): void;
  freed(host: string): void;
  resolved(word: ByHand): void;
  /** Calls a person, once, with what is known at the first time. */
  readonly call: Pick<OperatorCall, 'raise' | 'end'>;
  /** By host. */
  readonly hands: Map<string, GiveBackHand>;
}

/** Comes back only when the source has its I/O, or when a person says so. No cancel reaches it. */
export function giveBackForSure(
  ref: RunRef,
  source: PlannedSource,
  watcher: GiveBackWatcher,
): Promise<PauseReport | undefined> {
  return CancellationScope.nonCancellable(async () => {
    const stuck = (why: string): void => {
      watcher.stuck(source.host, why);
      watcher.call.raise(why);
    };
    const alarm = raiseLater(() => stuck(`no answer for ${WAITS.callOperator / 1000} s`));
    try {
      return await rounds({ ...ref, source }, { ...watcher, stuck: (_, why) => stuck(why) });
    } finally {
      alarm.cancel();
      watcher.hands.delete(source.host);
      watcher.freed(source.host);
      await watcher.call.end(`${source.host} has its I/O again, or a person said so`);
    }
  });
}

export type GiveBackOrder = RunRef & { readonly source: PlannedSource };

async function rounds(
  order: GiveBackOrder,
  watcher: GiveBackWatcher,
): Promise<PauseReport | undefined> {
  const { host } = order.source;
  let failed = false;
  const said: { word?: ByHand; settled?: true } = {};
  for (
    let pauseMs: number = WAITS.giveBackRound;
    ;
    pauseMs = Math.min(pauseMs * 2, WAITS.giveBackRoundLongest)
  ) {
    let again = false;
    const attempt = new CancellationScope();
    // Cancelling an attempt that waits for its next retry ends it at once; a new one is then scheduled without any wait.
    const stop = (): void => {
      again = true;
      attempt.cancel();
    };
    const resolve = (word: ByHand): void => {
      said.word = word;
      stop();
    };
    const settle = (): void => {
      said.settled = true;
      stop();
    };
    watcher.hands.set(host, { order, again: stop, resolve, settle });
    // The first failure is heard, so that a person is called. From then on it is tried without a
    // word in history: however long that goes on, this run does not reach its server's limits.
    const call = { summary: `give back ${host}`, ...(failed ? { insists: true as const } : {}) };
    try {
      return await attempt.run(() => perform('flashCopyGiveBack', call, order));
    } catch (error) {
      failed ||= !isCancellation(error);
      if (!isCancellation(error)) watcher.stuck(host, errorLine(error));
    }
    if (!again) await condition(() => again, pauseMs);
    if (said.settled === true) return undefined;
    if (said.word === undefined) continue;
    watcher.resolved(said.word);
    return undefined;
  }
}

function raiseLater(raise: () => void): CancellationScope {
  const scope = new CancellationScope();
  void scope
    .run(() => sleep(WAITS.callOperator, { summary: 'until an operator is called' }))
    .then(raise)
    .catch(() => undefined);
  return scope;
}
