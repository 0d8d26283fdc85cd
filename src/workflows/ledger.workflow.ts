// The ledger of one array: who copies what. Started by the first acquire; it ends when nobody holds
// anything, so that the next asker starts it on its own queue, with its own converter; while somebody
// does, it continues as new with its grants.
// Promise kept here: a target is held by one run until its end, a source until it has its I/O back;
// a repeat by the same holder is the same grant.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import type { ByHand } from '../domain/report.js';
import {
  LEDGER_ACQUIRE_UPDATE,
  LEDGER_QUERY,
  LEDGER_RELEASE_UPDATE,
  LEDGER_RESOLVED_QUERY,
  LEDGER_RESOLVED_UPDATE,
  type AcquireAnswer,
  type AcquireOrder,
  type LedgerGrant,
} from './messages.js';
import { isAcquireOrder, isByHand, isReleaseOrder, ledgerStateOf, refused } from './inputs.js';
import { versioned } from './versioning.js';

export interface ReleaseOrder {
  readonly holder: string;
  /** `sources`: the targets stay held. Default: all. */
  readonly only?: 'sources';
}

export interface LedgerState {
  readonly grants: readonly LedgerGrant[];
  /** Sources that people gave back by hand, the newest last: nobody gives them back again. */
  readonly resolved?: readonly ByHand[];
  /** Calls answered before the ledger continues as new. 40: its history stays on one page, which a worker that takes over has with the task itself. */
  readonly callsPerRun?: number;
}

export const acquireUpdate = defineUpdate<AcquireAnswer, [AcquireOrder]>(LEDGER_ACQUIRE_UPDATE);
export const releaseUpdate = defineUpdate<void, [ReleaseOrder]>(LEDGER_RELEASE_UPDATE);
export const resolvedUpdate = defineUpdate<void, [ByHand]>(LEDGER_RESOLVED_UPDATE);
export const resolvedQuery = defineQuery<readonly ByHand[]>(LEDGER_RESOLVED_QUERY);
export const grantsQuery = defineQuery<readonly LedgerGrant[]>(LEDGER_QUERY);

/** Enough for every hold that may still lie about on a host; the reports keep all. */
const MOST_RESOLVED = 200;

export async function flashCopyLedger(given: LedgerState = { grants: [] }): Promise<void> {
  const state = ledgerStateOf(given);
  const { callsPerRun = 40 } = state;
  let { grants, resolved = [] } = state;
  let calls = 0;
  setHandler(grantsQuery, () => grants, { description: 'Who holds which volumes of this array' });
  setHandler(
    acquireUpdate,
    (order) => {
      calls += 1;
      const refusal = conflict(grants, order);
      if (refusal !== undefined) return refusal;
      grants = [
        ...without(grants, order.holder),
        { ...order, grantedAt: new Date().toISOString() },
      ];
      return { granted: true };
    },
    {
      description: 'Takes all volumes of a copy, or none; answers at once',
      validator: (order) => refuseUnless(isAcquireOrder(order), 'holder, set, sources, targets'),
    },
  );
  setHandler(
    releaseUpdate,
    ({ holder, only }) => {
      calls += 1;
      grants =
        only === 'sources'
          ? grants.map((grant) => (grant.holder === holder ? withoutSources(grant) : grant))
          : without(grants, holder);
    },
    {
      description: 'Frees what a holder has; nothing held is success',
      validator: (order) => refuseUnless(isReleaseOrder(order), 'holder'),
    },
  );
  setHandler(resolvedQuery, () => resolved, {
    description: 'Sources that people gave back by hand',
  });
  setHandler(
    resolvedUpdate,
    (word) => {
      calls += 1;
      const others = resolved.filter(({ run, host }) => run !== word.run || host !== word.host);
      resolved = [...others, word].slice(-MOST_RESOLVED);
    },
    {
      description: "Keeps a person's word that a source has its I/O again; sent by the copy",
      validator: (word) => refuseUnless(isByHand(word), 'host, run, by, reason'),
    },
  );
  // The words of people are kept for the janitor: with them it stays.
  const idle = (): boolean => grants.length + resolved.length === 0 && calls > 0;
  await condition(() => (idle() || calls >= callsPerRun) && allHandlersFinished());
  if (idle()) return;
  await continueAsNew<typeof flashCopyLedger>({ ...state, grants, resolved });
}

/** Where workers are versioned: it may live for long, and moves to the newest version at its next task. */
versioned('AUTO_UPGRADE', flashCopyLedger);

function refuseUnless(right: boolean, fields: string): void {
  if (!right) throw refused('INVALID_ORDER', `a ledger is asked by copies, with ${fields}`);
}

const without = (grants: readonly LedgerGrant[], holder: string): LedgerGrant[] =>
  grants.filter((grant) => grant.holder !== holder);

const withoutSources = (grant: LedgerGrant): LedgerGrant => ({
  ...grant,
  sources: [],
  sourcesFreed: true,
});

function conflict(grants: readonly LedgerGrant[], order: AcquireOrder): AcquireAnswer | undefined {
  for (const held of without(grants, order.holder)) {
    const refused = (what: string): AcquireAnswer => ({
      granted: false,
      heldBy: held.holder,
      what,
    });
    if (held.set === order.set) return refused(`set ${order.set}`);
    const taken = new Set([...held.sources, ...held.targets]);
    const volume =
      order.targets.find((name) => taken.has(name)) ??
      order.sources.find((name) => taken.has(name));
    if (volume !== undefined) return refused(`volume ${volume}`);
  }
  return undefined;
}
