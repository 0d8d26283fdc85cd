// Steps 10-11 on a target host: one run at a time scans for disks and changes what stands on them. Until its own identities are written a copy bears
// those of its source, and two of them on one host are taken for one disk. Who comes second waits.
// Promise kept here: the host is let go of whatever happens, after the copy was withdrawn; where the run is gone its guard does it, and the copy stays.
import { perform } from '../activities.js';
import { wasReset, type CopyRun } from '../copy-run.js';
import { hostHolder } from '../messages.js';

const orderOf = (copy: CopyRun, host: string) => ({
  host,
  holder: hostHolder(copy.holder, copy.ref.run),
});
const named = (host: string): string => `let other runs at ${host}`;

const lock = (copy: CopyRun, host: string): Promise<void> =>
  perform(
    'flashCopyLockHost',
    { summary: `wait for ${host}` },
    { ...orderOf(copy, host), set: copy.ref.set },
  );

async function unlock(copy: CopyRun, host: string): Promise<undefined> {
  await perform('flashCopyUnlockHost', { summary: named(host) }, orderOf(copy, host));
  return undefined;
}

const registerUnlock = (copy: CopyRun, host: string) =>
  copy.undo.register({ what: named(host), run: () => unlock(copy, host) });

/** Runs `work` while no other run is between present and synthesis there. A cancel ends the waiting. */
export async function withTargetHost(
  copy: CopyRun,
  host: string,
  work: () => Promise<void>,
): Promise<void> {
  const forget = registerUnlock(copy, host);
  await lock(copy, host);
  await work();
  await unlock(copy, host);
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

/** To be called once there is a plan. A run that was reset may hold a host from its former life, and end before it comes to it again. */
export function freeFormerLocks(copy: CopyRun): void {
  if (wasReset()) for (const host of copy.targetHosts) registerUnlock(copy, host);
}
