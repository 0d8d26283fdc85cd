// The guard of one copy: a workflow of its own that outlives the copy's terminate, time-out, reset and bugs.
// Promise P2 is kept here when the copy cannot: every source is given back, groups are un-prepared, locks are freed. No cancel reaches it.
import { flashcopyCommand } from '../domain/command-line.js';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { LedgerRef } from '../activities/contract.js';
import type { PlannedGroup, PlannedSource } from '../domain/plan.js';
import type { ByHand } from '../domain/report.js';
import { WAITS } from '../domain/timing.js';
import { perform } from './activities.js';
import { errorLine, errorOf } from './failure.js';
import { planOf, takesSnapshot } from './snapshots.js';
import { giveBackForSure, type GiveBackHand, type GiveBackWatcher } from './give-back.js';
import { guardInputOf, ignored, isByHand, isWatch } from './inputs.js';
import { OperatorCall, Saying } from './call-operator.js';
import { insist, type Insisted } from './insist.js';
import { hasIo, setOperatorHandlers } from './operator.js';
import {
  GUARD_DONE_SIGNAL,
  GUARD_RESOLVED_SIGNAL,
  GUARD_WATCH_SIGNAL,
  hostHolder,
  type GuardInput,
  type GuardWatch,
} from './messages.js';
import { versioned } from './versioning.js';

export const watchSignal = defineSignal<[GuardWatch]>(GUARD_WATCH_SIGNAL);
export const resolvedSignal = defineSignal<[word: ByHand]>(GUARD_RESOLVED_SIGNAL);
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
  /** Looks at the copy now instead of in a minute. */
  lookNow: () => void;
  /** Sources that people gave back by hand, as `run host`. */
  readonly resolved: Set<string>;
  /** Hosts that lack their I/O, and why. */
  readonly stuck: Map<string, string>;
  readonly hands: Map<string, GiveBackHand>;
  readonly calls: Map<string, OperatorCall>;
  /** By host, what a person can do. */
  readonly todo: Map<string, readonly string[]>;
  readonly saying: Saying;
  /** One line, for people. */
  does: string;
}

const sourceKey = (run: string, host: string): string => `${run} ${host}`;

export async function flashCopyGuard(given: GuardInput): Promise<GuardEnd> {
  const input = guardInputOf(given);
  const post: Post = {
    watch: undefined,
    heard: 0,
    abandoned: [],
    done: false,
    closed: undefined,
    lookNow: () => undefined,
    ...heldBy(),
  };
  // Sent by the server when the copy closes, or by a person: never obeyed, but a reason to look.
  CancellationScope.current().cancelRequested.catch(() => post.lookNow());
  setHandler(
    watchSignal,
    (watch) => {
      if (!isWatch(watch)) return ignored(GUARD_WATCH_SIGNAL);
      if (post.watch !== undefined && post.watch.run !== watch.run) post.abandoned.push(post.watch);
      settle(post, watch);
      post.watch = watch;
      post.heard += 1;
    },
    {
      description: 'What to give back, un-prepare and free when the copy is gone; sent by the copy',
    },
  );
  const done = (run?: string): void => {
    post.done = true;
    if (run === post.watch?.run) settle(post, undefined);
    // A run that was reset and ended before it had a plan knows nothing of what it did in its former life.
    if (post.watch !== undefined && post.watch.run !== run) post.abandoned.push(post.watch);
  };
  setHandler(doneSignal, done, { description: 'The copy ended by itself; sent by the copy' });
  const resolved = (word: ByHand): void =>
    isByHand(word) ? takeWord(post, word) : ignored(GUARD_RESOLVED_SIGNAL);
  setHandler(resolvedSignal, resolved, {
    description: 'A person gave a source back by hand: no more tries; sent by the copy',
  });
  setOperatorHandlers({
    stuck: () => [...post.stuck.keys()],
    hands: post.hands,
    ledgers: () => ledgersOf(input, post.watch),
    spread: (word) => Promise.resolve(takeWord(post, word)),
  });
  return CancellationScope.nonCancellable(() => standGuard(input, post));
}

/** Where workers are versioned: with its copy. */
versioned('PINNED', flashCopyGuard);

const heldBy = (): Pick<
  Post,
  'resolved' | 'stuck' | 'hands' | 'calls' | 'todo' | 'saying' | 'does'
> => ({
  resolved: new Set(),
  stuck: new Map(),
  hands: new Map(),
  calls: new Map(),
  todo: new Map(),
  saying: new Saying(),
  does: 'watching',
});

function takeWord(post: Post, word: ByHand): void {
  post.resolved.add(sourceKey(word.run, word.host));
  post.hands.get(word.host)?.resolve(word);
}

/** The copy says only once every source has its I/O that a source needs no watching: nobody has to try beside it. */
function settle({ watch, hands }: Post, next: GuardWatch | undefined): void {
  if (watch === undefined || (next !== undefined && next.run !== watch.run)) return;
  const run = watch.hold ?? watch.run;
  const watched = next?.sources.map(({ host }) => host) ?? [];
  for (const hand of [...hands.values()])
    if (hand.order.run === run && !watched.includes(hand.order.source.host)) hand.settle();
}

async function standGuard(input: GuardInput, post: Post): Promise<GuardEnd> {
  const closeSeen = awaitClose(input, post);
  while (!(await endedOrOverdue(post))) {
    if (await clearedAbandoned(input, post)) continue;
    tell(input, post, 'lease ended: giving every source back');
    const { heard, watch } = post;
    await giveBack(input, post, watch);
    // What was said meanwhile is another duty.
    if (watch !== undefined && post.heard === heard)
      post.watch = { ...watch, sources: [], leaseMs: 0 };
    tell(input, post, 'every source has its I/O; watching');
  }
  post.lookNow();
  await closeSeen;
  await clearedAbandoned(input, post);
  if (post.done) {
    await removeLate(post.watch, post.watch?.late ?? []);
    return ended(post, 'dismissed');
  }
  tell(
    input,
    post,
    `the copy is gone (${post.closed ?? ''}): giving back, un-preparing, freeing locks`,
  );
  await giveBack(input, post, post.watch);
  await unprepare(post.watch);
  await Promise.all([unlock(input, post), unlockHosts(input, post)]);
  await removeLate(post.watch, post.watch?.groups.filter(takesSnapshot) ?? []);
  return ended(post, 'acted');
}

/** Nobody who was called, and nobody who asked, is left without an answer. */
async function ended({ saying }: Post, how: GuardEnd): Promise<GuardEnd> {
  await saying.done();
  await condition(allHandlersFinished);
  return how;
}

/** The command of a snapshot cannot be fenced: what it makes after everybody has looked goes as well. Locks are free meanwhile: only its run gave that name. */
async function removeLate(
  watch: GuardWatch | undefined,
  late: readonly PlannedGroup[],
): Promise<void> {
  if (watch === undefined || late.length === 0) return;
  await sleep(WAITS.snapshotLate, { summary: 'until no command of a snapshot can be under way' });
  await unprepare({ ...watch, groups: late });
}

/** What a run did before it was reset, and cannot undo any more; true when there was something. */
async function clearedAbandoned(input: GuardInput, post: Post): Promise<boolean> {
  const watches = post.abandoned.splice(0);
  if (watches.length > 0)
    tell(input, post, 'the copy was reset: giving back and un-preparing what it did before');
  for (const watch of watches) {
    await giveBack(input, post, watch);
    await unprepare(watch);
    await unlockHosts(input, post, watch);
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

async function awaitClose(input: GuardInput, post: Post): Promise<void> {
  while (!post.done && post.closed === undefined) {
    const look = new CancellationScope();
    post.lookNow = () => look.cancel();
    post.closed = await look.run(() => lookAtCopy(input));
  }
  // What was stuck beside the copy has nobody else now who calls.
  for (const [host, why] of post.stuck) callFor(post, host, why);
}

/** How the copy has ended; undefined when the look was called off in favour of another one. */
async function lookAtCopy({ workflowId, firstRunId }: GuardInput): Promise<string | undefined> {
  const summary = `look whether ${workflowId} goes on`;
  try {
    return (await perform('flashCopyAwaitClose', { summary }, { workflowId, firstRunId })).status;
  } catch (error) {
    // Called off while it ran, a look still answers: the copy goes on.
    if (isCancellation(error) || errorOf(error).code === 'COPY_OPEN') return undefined;
    // A failure that no retry covers counts as the end: to act once too often is harmless, not to act is not.
    return errorLine(error);
  }
}

/** While the copy is there, the copy calls. A source that has its I/O needs nobody, whatever fails there. */
function callFor(post: Post, host: string, why: string): void {
  const [call, hand] = [post.calls.get(host), post.hands.get(host)];
  if (call === undefined || hand === undefined || (!post.done && post.closed === undefined)) return;
  post.saying.add(
    hasIo(hand).then((has) => {
      if (!has && post.stuck.has(host)) call.raise(why);
    }),
  );
}

async function giveBack(
  input: GuardInput,
  post: Post,
  watch: GuardWatch | undefined,
): Promise<void> {
  if (watch === undefined) return;
  const ref = { set: watch.set, run: watch.hold ?? watch.run };
  const sources = watch.sources.filter(({ host }) => !post.resolved.has(sourceKey(ref.run, host)));
  await Promise.all(
    sources.map((source) =>
      giveBackForSure(ref, source, watcherOf(input, post, { watch, source })),
    ),
  );
}

function watcherOf(
  input: GuardInput,
  post: Post,
  {
    watch: { set, run },
    source: { host },
  }: { readonly watch: GuardWatch; readonly source: PlannedSource },
): GiveBackWatcher {
  const { workflowId } = workflowInfo();
  const todo = [
    `make ${host} reachable; \`${flashcopyCommand('give-back', workflowId)}\` tries at once`,
    `given back by hand: \`${flashcopyCommand('resolve', workflowId, '--host', host, '--reason', 'TEXT')}\``,
  ];
  const message = { what: 'source-without-io', set, run, host, todo } as const;
  const call = new OperatorCall(message, undefined, {
    what: 'source-has-io',
    saying: post.saying,
  });
  post.calls.set(host, call);
  return {
    stuck: (_, why) => {
      post.stuck.set(host, why);
      post.todo.set(host, todo);
      tell(input, post);
    },
    freed: () => {
      post.stuck.delete(host);
      tell(input, post);
    },
    resolved: ({ by, reason }) =>
      tell(input, post, `${host} was resolved by hand, by ${by}: ${reason}`),
    call: {
      raise: (why) => callFor(post, host, why),
      end: (why) => call.end(why),
    },
    hands: post.hands,
  };
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
      return perform(
        'flashCopyUnprepareGroup',
        { summary, retryForEver: true, insists: true },
        order,
      );
    }),
  );
}

/** Before the run had a plan nothing but the array itself says which system it is. */
const ledgersOf = ({ arrays }: GuardInput, watch: GuardWatch | undefined): LedgerRef[] =>
  arrays.map((array) => {
    const system = watch?.systems?.[array];
    return system === undefined ? { array } : { array, system };
  });

const insisted = (input: GuardInput, post: Post, watch: GuardWatch | undefined): Insisted => ({
  message: { set: watch?.set ?? '', run: watch?.run ?? '', host: '' },
  show: (why) =>
    tell(input, post, why === undefined ? 'freeing locks' : `locks cannot be freed: ${why}`),
});

async function unlock(input: GuardInput, post: Post, watch = post.watch): Promise<void> {
  const { holder } = input;
  await Promise.all(
    ledgersOf(input, watch).map((ledger) => {
      const call = { summary: `release locks on ${ledger.array}` };
      return insist(insisted(input, post, watch), () =>
        perform('flashCopyUnlock', call, { holder, ...ledger }),
      );
    }),
  );
}

async function unlockHosts(input: GuardInput, post: Post, watch = post.watch): Promise<void> {
  if (watch === undefined) return;
  const held = { holder: hostHolder(input.holder, watch.run) };
  await Promise.all(
    (watch.targetHosts ?? []).map((host) =>
      insist(insisted(input, post, watch), () =>
        perform('flashCopyUnlockHost', { summary: `let other runs at ${host}` }, { host, ...held }),
      ),
    ),
  );
}

/** What the guard does, and who lacks their I/O now; without `what`, as it was. */
function tell({ workflowId }: GuardInput, post: Post, what = post.does): void {
  post.does = what;
  const stuck = [...post.stuck].flatMap(([host, why]) => [
    `**NEEDS_OPERATOR** ${host} has not got its I/O back: ${why}`,
    ...(post.todo.get(host) ?? []),
  ]);
  setCurrentDetails([`Guard of \`${workflowId}\`: ${what}`, ...stuck].join('\n\n'));
}
