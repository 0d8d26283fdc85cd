// The guard of one copy: a workflow of its own that outlives the copy's terminate, time-out, reset and bugs.
// Promise P2 is kept here when the copy cannot: every source is given back, groups are un-prepared, locks are freed. No cancel reaches it.
import { CancellationScope, condition, defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { perform } from './activities.js';
import { errorLine } from './failure.js';
import { planOf } from './snapshots.js';
import { giveBackForSure, type GiveBackWatcher } from './give-back.js';
import { GUARD_DONE_SIGNAL, GUARD_WATCH_SIGNAL, type GuardInput, type GuardWatch } from './messages.js';

export const watchSignal = defineSignal<[GuardWatch]>(GUARD_WATCH_SIGNAL);
export const doneSignal = defineSignal<[run?: string]>(GUARD_DONE_SIGNAL);

/** What the guard ended with, one line for the UI. */
export type GuardEnd = 'dismissed' | 'acted';

interface Post {
  watch: GuardWatch | undefined;
  /** Counts what was heard, so that a lease starts again with each word. */
  heard: number;
  /** Duties of a run that was reset, and began anew under another token. */
  abandoned: GuardWatch[];
  done: boolean;
  closed: string | undefined;
}

export function flashCopyGuard(input: GuardInput): Promise<GuardEnd> {
  const post: Post = { watch: undefined, heard: 0, abandoned: [], done: false, closed: undefined };
  setHandler(
    watchSignal,
    (watch) => {
      if (post.watch !== undefined && post.watch.run !== watch.run) post.abandoned.push(post.watch);
      post.watch = watch;
      post.heard += 1;
    },
    { description: 'What to give back, un-prepare and free when the copy is gone; sent by the copy' },
  );
  const done = (run?: string): void => {
    post.done = true;
    // A run that was reset and ended before it had a plan knows nothing of what it did in its former life.
    if (post.watch !== undefined && post.watch.run !== run) post.abandoned.push(post.watch);
  };
  setHandler(doneSignal, done, { description: 'The copy ended by itself; sent by the copy' });
  return CancellationScope.nonCancellable(() => standGuard(input, post));
}

async function standGuard(input: GuardInput, post: Post): Promise<GuardEnd> {
  const closeWatch = new CancellationScope();
  const closeSeen = closeWatch.run(() => awaitClose(input, post));
  while (!(await endedOrOverdue(post))) {
    if (await clearedAbandoned(input, post)) continue;
    tell(input, 'lease ended: giving every source back');
    await giveBack(post.watch);
    if (post.watch !== undefined) post.watch = { ...post.watch, sources: [], leaseMs: 0 };
  }
  closeWatch.cancel();
  await closeSeen;
  await clearedAbandoned(input, post);
  if (post.done) return 'dismissed';
  tell(input, `the copy is gone (${post.closed ?? ''}): giving back, un-preparing, freeing locks`);
  await giveBack(post.watch);
  await unprepare(post.watch);
  await unlock(input);
  return 'acted';
}

/** What a run did before it was reset, and cannot undo any more; true when there was something. */
async function clearedAbandoned(input: GuardInput, post: Post): Promise<boolean> {
  const watches = post.abandoned.splice(0);
  if (watches.length > 0) tell(input, 'the copy was reset: giving back and un-preparing what it did before');
  for (const watch of watches) {
    await giveBack(watch);
    await unprepare(watch);
  }
  return watches.length > 0;
}

/** True when the copy ended; false when its lease did, or when a reset left something behind. */
async function endedOrOverdue(post: Post): Promise<boolean> {
  for (;;) {
    const { heard } = post;
    const leaseMs = post.watch?.leaseMs ?? 0;
    if (post.abandoned.length > 0 && !post.done) return false;
    const news = (): boolean => post.done || post.closed !== undefined || post.heard !== heard;
    if (leaseMs > 0 && !(await condition(news, leaseMs))) return false;
    if (leaseMs === 0) await condition(news);
    if (post.done || post.closed !== undefined) return true;
  }
}

async function awaitClose({ workflowId, firstRunId }: GuardInput, post: Post): Promise<void> {
  try {
    const summary = `wait for the end of ${workflowId}`;
    post.closed = (await perform('flashCopyAwaitClose', { summary }, { workflowId, firstRunId })).status;
  } catch (error) {
    // Cancelled after `done`. A failure that no retry covers counts as the end: to act once too often is harmless, not to act is not.
    if (!post.done) post.closed = errorLine(error);
  }
}

async function giveBack(watch: GuardWatch | undefined): Promise<void> {
  if (watch === undefined) return;
  const watcher: GiveBackWatcher = {
    stuck: (host, why) => setCurrentDetails(`**NEEDS_OPERATOR** ${host} has not got its I/O back: ${why}`),
    freed: () => undefined,
    retries: new Map(),
  };
  const ref = { set: watch.set, run: watch.run };
  await Promise.all(watch.sources.map((source) => giveBackForSure(ref, source, watcher)));
}

async function unprepare(watch: GuardWatch | undefined): Promise<void> {
  if (watch === undefined) return;
  const { set, run } = watch;
  await Promise.all(
    watch.groups.map((planned) => {
      const { array, name: group, snapshot } = planned;
      const summary = `${snapshot === undefined ? 'unprepare group' : 'remove snapshot'} ${group} of ${array}`;
      // The command of a run that is gone may still be under way.
      const patient = snapshot === undefined ? {} : ({ patient: true } as const);
      const order = { set, run, array, group, ...planOf(planned), ...patient };
      return perform('flashCopyUnprepareGroup', { summary, retryForEver: true }, order);
    }),
  );
}

async function unlock({ holder, arrays }: GuardInput): Promise<void> {
  await Promise.all(
    arrays.map((array) => perform('flashCopyUnlock', { summary: `release locks on ${array}` }, { holder, array })),
  );
}

const tell = ({ workflowId }: GuardInput, what: string): void =>
  setCurrentDetails(`Guard of \`${workflowId}\`: ${what}`);
