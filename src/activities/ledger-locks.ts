// Locks: volumes of one array, all or nothing, kept by the array's ledger: a refusal names who holds what. And target hosts, each in a ledger of its
// own, for one host may stand on several arrays: who comes second waits, for its copy has been taken already.
import { activityInfo } from '@temporalio/activity';
import { errorData, FlashCopyError } from '../domain/errors.js';
import { WAITS } from '../domain/timing.js';
import { hostLedger } from '../workflows/messages.js';
import type { FlashCopyActivities, HostTurn } from './contract.js';
import type { ActivityDependencies, LedgerClient } from './dependencies.js';
import { cancellationSignal, whileBeating } from './heartbeat.js';
import type { SystemIds } from './system-ids.js';

type LockActivities = Pick<
  FlashCopyActivities,
  | 'flashCopyReadSystem'
  | 'flashCopyLock'
  | 'flashCopyUnlock'
  | 'flashCopyLockHost'
  | 'flashCopyUnlockHost'
>;

/** An attempt that was given up must not take a lock for a run that may be gone by now: nobody but the janitor would free it. */
const refuseLate = (): void => cancellationSignal().throwIfAborted();

const nextLookMs = (): number =>
  Math.min(WAITS.hostLookLast, WAITS.hostLookFirst * 2 ** (activityInfo().attempt - 1));

/** A workflow that waits inside an activity shows nobody why: these two it handles itself. */
async function atOnce<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const data = errorData(error);
    if (!['LEDGER_UNSERVED', 'LEDGER_UNREADABLE'].includes(data.code)) throw error;
    throw new FlashCopyError({ ...data, retry: 'never' });
  }
}

/** A second order of the same holder would take the place of the first. */
function refuseTwoNames(
  array: string,
  system: string,
  locked: Readonly<Record<string, string>>,
): void {
  const [other] = Object.keys(locked).filter((name) => name !== array && locked[name] === system);
  if (other === undefined) return;
  throw new FlashCopyError({
    family: 'request',
    code: 'INVALID_REQUEST',
    message: `INVALID_REQUEST; groups = "${other}" and "${array}": both are the array with system id ${system}; name it once, with all volumes`,
    details: { array, system },
  });
}

/** Throws HOST_BUSY while another run has the host. */
export async function takeTurn(
  ledger: LedgerClient,
  { host, holder, set }: NonNullable<HostTurn['turn']>,
): Promise<void> {
  refuseLate();
  const order = { holder, set, sources: [], targets: [host] };
  const answer = await ledger.acquire(hostLedger(host), order);
  if (answer.granted) return;
  throw new FlashCopyError({
    family: 'lock',
    code: 'HOST_BUSY',
    message: `waits for target host ${host}: ${answer.heldBy} presents its copy there`,
    retry: 'safe',
    details: { host, heldBy: answer.heldBy, nextLookMs: nextLookMs() },
  });
}

export const lockActivities = ({
  ledger,
  clock,
  systems,
}: Pick<ActivityDependencies, 'ledger' | 'clock'> & {
  readonly systems: SystemIds;
}): LockActivities => ({
  flashCopyReadSystem: ({ array }) =>
    whileBeating(clock, async () => ({ system: await systems.of(array) })),
  flashCopyLock: ({ array, system, holder, set, sources, targets, locked = {} }) =>
    whileBeating(clock, async () => {
      refuseTwoNames(array, system, locked);
      refuseLate();
      const answer = await atOnce(ledger.acquire(system, { holder, set, sources, targets }));
      if (answer.granted) return;
      throw new FlashCopyError({
        family: 'lock',
        code: 'LOCKED',
        message: `${answer.what} on array ${array} is locked by ${answer.heldBy}`,
        details: { array, system, heldBy: answer.heldBy, what: answer.what },
      });
    }),
  flashCopyUnlock: ({ array, system, ...order }) =>
    whileBeating(clock, async () =>
      atOnce(ledger.release(system ?? (await systems.of(array)), order)),
    ),

  flashCopyLockHost: (turn) => whileBeating(clock, () => atOnce(takeTurn(ledger, turn))),
  flashCopyUnlockHost: ({ host, holder }) =>
    whileBeating(clock, () => atOnce(ledger.release(hostLedger(host), { holder }))),
});
