// Steps 10-11 on a target host: one run at a time scans for disks and changes what stands on them. Until its own identities are written a copy bears
// those of its source, and two of them on one host are taken for one disk. Who comes second waits.
// Promise kept here: the host is let go of whatever happens, after the copy was withdrawn; where the run is gone its guard does it.
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { hostHolder } from '../messages.js';

/** Runs `work` while no other run is between present and synthesis there. A cancel ends the waiting. */
export async function withTargetHost(copy: CopyRun, host: string, work: () => Promise<void>): Promise<void> {
  const order = { host, holder: hostHolder(copy.holder, copy.ref.run) };
  const what = `let other runs at ${host}`;
  const unlock = async (): Promise<undefined> => {
    await perform('flashCopyUnlockHost', { summary: what }, order);
    return undefined;
  };
  const forget = copy.undo.register({ what, run: unlock });
  await perform('flashCopyLockHost', { summary: `wait for ${host}` }, { ...order, set: copy.ref.set });
  await work();
  await unlock();
  forget();
}
