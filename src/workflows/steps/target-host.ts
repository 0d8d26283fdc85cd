// Steps 10-11 on a target host: one run at a time scans for disks and changes what stands on them. Until its own identities are written a copy bears
// those of its source, and two of them on one host are taken for one disk. Who comes second waits.
// Promise kept here: the host is let go of whatever happens, after the copy was withdrawn; where the run is gone its guard does it, and the copy stays.
import type { HostTurn } from '../../activities/contract.js';
import { perform } from '../activities.js';
import type { Forget } from '../compensation.js';
import type { CopyRun } from '../copy-run.js';
import { insist } from '../insist.js';
import { hostHolder } from '../messages.js';

const orderOf = (copy: CopyRun, host: string) => ({
  host,
  holder: hostHolder(copy.holder, copy.ref.run),
});
const named = (host: string): string => `let other runs at ${host}`;

/** For what is done while no other run is there. */
export const turnAt = (copy: CopyRun, host: string): HostTurn => ({
  turn: { ...orderOf(copy, host), set: copy.ref.set },
});

const lock = (copy: CopyRun, host: string): Promise<void> =>
  insist(copy.insisted(`turn at ${host}`), () =>
    perform(
      'flashCopyLockHost',
      { summary: `wait for ${host}` },
      { ...orderOf(copy, host), set: copy.ref.set },
    ),
  );

async function unlock(copy: CopyRun, host: string): Promise<undefined> {
  await perform('flashCopyUnlockHost', { summary: named(host) }, orderOf(copy, host));
  return undefined;
}

/** Runs `work` while no other run presents its copy there. A cancel ends the waiting. */
export async function withTargetHost(
  copy: CopyRun,
  host: string,
  work: () => Promise<void>,
): Promise<void> {
  const forget = registerUnlock(copy, host);
  await lock(copy, host);
  await work();
  await insist(copy.insisted(`turn at ${host}`), () => unlock(copy, host));
  forget();
}

/** The same in an undo, where nothing is registered any more. */
export async function withTargetHostAgain(
  copy: CopyRun,
  host: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await lock(copy, host);
    await work();
  } finally {
    await unlock(copy, host);
  }
}

/**
 * To be called once there is a plan, and for every host: a former life of a run that was reset may
 * hold one that this life never comes to, and nothing in this life's history would say so.
 */
export function registerUnlocks(copy: CopyRun): void {
  for (const host of copy.targetHosts) registerUnlock(copy, host);
}

/** Where it stood already it comes sooner now: others may wait for the host. */
function registerUnlock(copy: CopyRun, host: string): Forget {
  copy.hostUnlocks.get(host)?.();
  const forget = copy.undo.register({ what: named(host), run: () => unlock(copy, host) });
  copy.hostUnlocks.set(host, forget);
  return forget;
}
