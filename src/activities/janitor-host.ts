// The janitor on a host: what is held there although its deadline has passed, so that neither holder nor twin gives it back; and its lock as a target.
// Promise kept here: a hold within its deadline is never touched, nor one that a person resolved by hand, nor one from before a reboot.
import { errorData } from '../domain/errors.js';
import type { Finding, Findings } from '../domain/janitor.js';
import { MARGINS } from '../domain/timing.js';
import type { Hold } from '../host/host.js';
import { hostLedger } from '../workflows/messages.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './heartbeat.js';
import { copyOfHostHolder, freeLock, isGone } from './janitor-gone.js';

type HostActivities = Pick<FlashCopyActivities, 'flashCopyTidyHost'>;

const points = ({ mounts }: Hold): string => mounts.map(({ mountPoint }) => mountPoint).join(', ');

function finding(
  host: string,
  hold: Hold,
  more: Pick<Finding, 'what'> & Partial<Finding>,
): Finding {
  const key = `hold/${host}/${hold.run}`;
  return { key, kind: 'overdue-hold', where: host, todo: '', needsPerson: false, ...more };
}

/** Nobody knows what a person did to the host since: it is not mounted over. */
const fromBeforeReboot = (host: string, hold: Hold): Finding =>
  finding(host, hold, {
    kind: 'hold-from-before-a-reboot',
    what: `${host} was rebooted while run ${hold.run} held ${points(hold)}`,
    todo: `see that ${points(hold)} is mounted on ${host}; then rm -r /var/lib/flashcopy/runs/${hold.run}`,
    needsPerson: true,
  });

const leftToPerson = (host: string, hold: Hold): Finding =>
  finding(host, hold, {
    what: `${host}: the hold of ${points(hold)} by run ${hold.run} was resolved by hand and is left alone`,
    todo: `when nothing of it is needed: touch /run/flashcopy/runs/${hold.run}/ended`,
  });

/** Nobody else would let the next run at this host. */
async function freeLocks(deps: ActivityDependencies, host: string): Promise<Finding[]> {
  const freed: Finding[] = [];
  for (const { holder } of (await deps.ledger.read(hostLedger(host))).grants) {
    if (!(await isGone(deps, copyOfHostHolder(holder)))) continue;
    freed.push(
      await freeLock(deps, {
        ledger: hostLedger(host),
        where: host,
        what: `target host ${host}`,
        holder,
      }),
    );
  }
  return freed;
}

/** What was given back above is reported all the same. */
const lockUnread = (host: string, error: unknown): Finding => ({
  ...{ key: `lock/${host}`, kind: 'not-looked-at', where: host, todo: '', needsPerson: false },
  what: `the lock of target host ${host} could not be looked at: ${errorData(error).message}`,
});

export const janitorHostActivities = (deps: ActivityDependencies): HostActivities => ({
  flashCopyTidyHost: ({ host, resolved, called }) =>
    whileBeating(deps.clock, async () => {
      const { source } = deps.hosts(host);
      const repaired: Finding[] = [];
      const reported: Finding[] = [];
      const giveBack = async (hold: Hold): Promise<void> => {
        const overdue = `${host}: ${points(hold)} was held by run ${hold.run} ${Math.round(-hold.leaseMs / 1000)} s beyond its deadline`;
        try {
          await source.giveBack({ ...hold, deadlineMs: 0 });
          repaired.push(finding(host, hold, { what: `${overdue}; it was given back` }));
        } catch (error) {
          const { code, message } = errorData(error);
          const todo = `make the source usable by hand, then touch /run/flashcopy/runs/${hold.run}/ended on ${host}`;
          const what = `${overdue}, and cannot be given back: ${message.includes(code) ? message : `${code}: ${message}`}`;
          reported.push(finding(host, hold, { what, todo, needsPerson: !called }));
        }
      };
      for (const hold of await source.holds()) {
        // A word of a person goes before everything else.
        if (resolved.includes(hold.run)) reported.push(leftToPerson(host, hold));
        else if (hold.kept) reported.push(fromBeforeReboot(host, hold));
        else if (hold.leaseMs < -MARGINS.overdueHold) await giveBack(hold);
      }
      await freeLocks(deps, host).then(
        (freed) => repaired.push(...freed),
        (error: unknown) => reported.push(lockUnread(host, error)),
      );
      return { repaired, reported } satisfies Findings;
    }),
});
