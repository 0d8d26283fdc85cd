// The bracket around the point in time: whatever happens inside, every source of the plan is given back at its end, all at once.
// Promise kept here: the give back of every source is registered, and the guard armed, before anything is armed on a host.
import { flashcopyCommand } from '../domain/command-line.js';
import { CancellationScope } from '@temporalio/workflow';
import { FlashCopyError } from '../domain/errors.js';
import type { PlannedSource } from '../domain/plan.js';
import { perform } from './activities.js';
import type { CopyRun } from './copy-run.js';
import { OperatorCall, type Message } from './call-operator.js';
import { giveBackForSure } from './give-back.js';
import { errorLine } from './failure.js';

/** Runs `take` between "guard armed" and "every source has its I/O". Its error comes out after the give back. */
export async function withQuiescedSources<T>(copy: CopyRun, take: () => Promise<T>): Promise<T> {
  const { sources } = copy.plan;
  let taken = false;
  const forgets = sources.map((source) =>
    copy.undo.registerGiveBack({
      what: `give back ${source.host}`,
      run: () => giveBack(copy, source, false),
    }),
  );
  await copy.guard.arm(sources);
  try {
    copy.report.enter('PAUSED');
    const result = await take();
    taken = true;
    return result;
  } finally {
    await CancellationScope.nonCancellable(async () => {
      // With one of them not given back the guard stays armed: its lease ends, and it tries.
      if (taken) {
        await Promise.all(sources.map((source) => giveBack(copy, source, true)));
        forgets.forEach((forget) => forget());
        await copy.guard.disarm();
      } else if (await copy.undo.giveBackAll()) await copy.guard.disarm();
      if (taken) refuseByHand(copy);
    });
  }
}

/** Nobody saw how long such a source stood still, or whether it did: what was copied of it proves nothing. */
function refuseByHand(copy: CopyRun): void {
  const words = copy.plan.sources.flatMap(({ host }) => copy.report.resolutionOf(host) ?? []);
  if (words.length === 0) return;
  throw new FlashCopyError({
    family: 'copy',
    code: 'RESOLVED_BY_HAND',
    message: words
      .map(({ host, by, reason }) => `${host} was given back by hand, by ${by}: ${reason}`)
      .join('; '),
    outcome: 'unknown',
    retry: 'safe',
  });
}

/** Gives one source back, then marks the time after: the copy must not show that mark. */
async function giveBack(
  copy: CopyRun,
  source: PlannedSource,
  taken: boolean,
): Promise<string | undefined> {
  const { host } = source;
  await copy.takingDown.get(host);
  const clean = copy.report.pauses.some(
    (pause) => pause.host === host && pause.broken === '' && pause.givenBackAt > 0,
  );
  await copy.report.step('giveBack', host, async (note) => {
    if (clean && source.method === 'quiesce')
      return note('thawed by its holder right after the start');
    const pause = await giveBackForSure(copy.holdRef, source, {
      stuck: (stuckHost, why) =>
        copy.report.stuck(stuckHost, `${why}; ${byHand(source, copy.holdRef.run)}`),
      freed: (freedHost) => copy.report.freed(freedHost),
      resolved: (word) => copy.report.resolved(word),
      call: new OperatorCall(calling(copy, source), (ways) => copy.report.told(host, ways), {
        what: 'source-has-io',
        saying: copy.saying,
      }),
      hands: copy.givingBack,
    });
    if (pause !== undefined) copy.report.paused(pause);
    const word = copy.report.resolutionOf(host);
    if (word !== undefined) note(`resolved by hand, by ${word.by}: ${word.reason}; ${word.read}`);
  });
  const word = copy.report.resolutionOf(host);
  if (word !== undefined)
    return `resolved by hand, by ${word.by} at ${word.at}: ${word.reason}; ${word.read}`;
  // What was not taken counts no more, and the next attempt's copy must not show this mark.
  if (taken) await markAfter(copy, source);
  return undefined;
}

const calling = (copy: CopyRun, source: PlannedSource): Message => ({
  ...{ what: 'source-without-io', set: copy.plan.set, run: copy.holdRef.run, host: source.host },
  todo: [
    byHand(source, copy.holdRef.run),
    `then \`${flashcopyCommand('give-back', copy.workflowId)}\`; given back by hand: \`${flashcopyCommand('resolve', copy.workflowId, '--host', source.host, '--reason', 'TEXT')}\``,
  ],
});

/** For a person who can log in where the worker cannot. */
function byHand({ method, mounts, deadlineMs }: PlannedSource, run: string): string {
  const itself = `make it reachable; its holder gives back by itself ${Math.round(deadlineMs / 1000)} s after it was armed`;
  const points = mounts.map(({ mountPoint }) => mountPoint);
  if (method === 'quiesce')
    return `${itself}; by hand there: ${points.map((at) => `fsfreeze -u ${at}`).join('; ')}`;
  return `${itself}; by hand there: mount ${points.join(', ')} as /var/lib/flashcopy/runs/${run}/table says, then start the units`;
}

/** A mark that is missing withdraws `verified`, not the copy: the grade does not rest on it. */
async function markAfter(copy: CopyRun, source: PlannedSource): Promise<void> {
  try {
    await perform(
      'flashCopyMarkAfter',
      { summary: `write the second mark on ${source.host}: the copy must not show it` },
      { ...copy.holdRef, source },
    );
  } catch (error) {
    copy.markedAfter = false;
    copy.report.skip('giveBack', source.host, `no mark after the give back: ${errorLine(error)}`);
  }
}
