// Before the first effect of what destroys: this run holds its locks now. A run that ended and was reset
// has them in its history, and no longer at the ledger: another run may own the volumes, or the copy is good.
// Promise kept here (P3): no answer is not "held"; what is lost is not taken again, for the plan is old.
import { Context } from '@temporalio/activity';
import { errorData, FlashCopyError } from '../domain/errors.js';
import { hostLedger, type LedgerGrant } from '../workflows/messages.js';
import type { ActivityName, FlashCopyActivities, HostTurn, RunLocks, RunRef } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './heartbeat.js';
import { inBatches } from './in-parallel.js';
import { takeTurn } from './ledger-locks.js';
import type { SystemIds } from './system-ids.js';

/**
 * What each activity needs to hold. Left out: what gives back, reads or unlocks; the mark after it, a
 * small file of the run's own; the fence, which renames a group of this run's own name and decides
 * what became of a start.
 */
const NEEDS_LOCKS: Partial<Record<ActivityName, 'targets' | 'sources too'>> = {
  flashCopyEnsureGroup: 'targets',
  flashCopyMakePreparable: 'targets',
  flashCopyReleaseTarget: 'targets',
  flashCopyPreFlush: 'sources too',
  flashCopyPrepareGroup: 'sources too',
  flashCopyUnprepareGroup: 'targets',
  flashCopyTakePointInTime: 'sources too',
  flashCopyTakeDown: 'sources too',
  flashCopyStartGroups: 'sources too',
  flashCopyMakeClones: 'targets',
  flashCopyPresent: 'targets',
  flashCopySynthesise: 'targets',
  flashCopyMount: 'targets',
  // Mounts again what a boot took away.
  flashCopyVerify: 'targets',
  flashCopyWithdraw: 'targets',
  flashCopySetAutodelete: 'targets',
  flashCopyChangeRate: 'targets',
  flashCopyRemoveCreated: 'targets',
};

type Locked = Pick<RunRef, 'locks'>;
type Needed = 'targets' | 'sources too';

interface LocksDeps extends Pick<ActivityDependencies, 'ledger' | 'clock'> {
  readonly systems: SystemIds;
}

/** Throws LOCK_LOST. Nothing is asked for a guard, which names no locks. */
async function requireLocks(deps: LocksDeps, { locks }: Locked, needed: Needed): Promise<void> {
  if (locks === undefined) return;
  const arrays = Object.entries(locks.systems);
  if (arrays.length === 0) throw lost(locks, 'it has locked no array');
  await inBatches(arrays, async ([array, system]) => {
    const now = await deps.systems.of(array);
    if (now !== system)
      throw lost(
        locks,
        `array ${array} is system ${now} now, and was ${system} when it was locked`,
      );
    const why = missing(await deps.ledger.grants(system), locks, needed);
    if (why !== '') throw lost(locks, `on array ${array} ${why}`);
  });
}

function missing(grants: readonly LedgerGrant[], { holder }: RunLocks, needed: Needed): string {
  const own = grants.find((grant) => grant.holder === holder);
  if (own === undefined) {
    const others = grants.map((grant) => `set ${grant.set} by ${grant.holder}`);
    return others.length === 0 ? 'nobody holds anything' : `others hold: ${others.join(', ')}`;
  }
  if (needed === 'targets' || own.sourcesFreed !== true) return '';
  return 'it has freed its sources already, and holds its targets only';
}

function lost({ holder }: RunLocks, why: string): FlashCopyError {
  return new FlashCopyError({
    family: 'lock',
    code: 'LOCK_LOST',
    message: `${holder} does not hold its locks any more: ${why}`,
    details: { holder, why },
  });
}

/** This attempt has done nothing yet; an earlier one may have. */
function beforeAnything(error: unknown): never {
  if (!(error instanceof FlashCopyError)) throw error;
  const first = Context.current().info.attempt === 1;
  throw new FlashCopyError({
    ...errorData(error),
    outcome: first ? 'not-done' : 'unknown',
    details: { ...error.details, ...(first ? { untouched: true } : {}) },
    cause: error,
  });
}

/** Nothing is planned on the strength of a turn: who lost it waits for it again. */
async function requireTurn(deps: LocksDeps, { turn }: HostTurn): Promise<void> {
  if (turn === undefined) return;
  const grants = await deps.ledger.grants(hostLedger(turn.host));
  if (!grants.some(({ holder }) => holder === turn.holder)) await takeTurn(deps.ledger, turn);
}

type Body = (order: Locked & HostTurn) => Promise<unknown>;

/** The same activities; those that need locks ask for them first, at each attempt. */
export function withLocksRequired(
  activities: FlashCopyActivities,
  deps: LocksDeps,
): FlashCopyActivities {
  const asking = Object.entries(NEEDS_LOCKS).map(([name, needed]) => {
    const body = activities[name as ActivityName].bind(activities) as Body;
    const asks: Body = async (order) => {
      await whileBeating(deps.clock, async () => {
        await requireLocks(deps, order, needed);
        await requireTurn(deps, order);
      }).catch(beforeAnything);
      return body(order);
    };
    return [name, asks];
  });
  return { ...activities, ...Object.fromEntries(asking) } as FlashCopyActivities;
}
