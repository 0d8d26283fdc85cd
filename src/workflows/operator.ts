// What a person may say to a workflow whose give back does not succeed: `retryGiveBack` and `resolve`. The same for a copy and for its guard.
// Promise kept here: nobody is believed against what the host itself says, unless they insist; every word stands in report, ledger and guard.
import { CancellationScope, defineUpdate, setHandler } from '@temporalio/workflow';
import type { LedgerRef } from '../activities/contract.js';
import type { ByHand } from '../domain/report.js';
import { perform } from './activities.js';
import { errorLine } from './failure.js';
import type { GiveBackHand } from './give-back.js';
import { fieldsOf, refused, refuseInLongHistory } from './inputs.js';
import {
  RESOLVE_UPDATE,
  RETRY_GIVE_BACK_UPDATE,
  type Resolution,
  type ResolvedSource,
} from './messages.js';
import { now } from './report.js';

/** Answers the hosts whose give back is tried again at once. */
export const retryGiveBackUpdate = defineUpdate<readonly string[]>(RETRY_GIVE_BACK_UPDATE);
/** Answers what was read of each source. */
export const resolveUpdate = defineUpdate<readonly ResolvedSource[], [resolution: Resolution]>(
  RESOLVE_UPDATE,
);

/** Sources that one workflow tries to give back. */
export interface StuckSources {
  /** Hosts that lack their I/O, so that a person is called. */
  stuck(): readonly string[];
  readonly hands: ReadonlyMap<string, GiveBackHand>;
  ledgers(): readonly LedgerRef[];
  /** Tells whoever else tries. */
  spread(word: ByHand): Promise<void>;
}

const LONGEST = 500;

export function setOperatorHandlers(sources: StuckSources): void {
  const retry = (): readonly string[] => {
    const hosts = [...sources.hands.keys()];
    for (const hand of [...sources.hands.values()]) hand.again();
    return hosts;
  };
  setHandler(retryGiveBackUpdate, retry, {
    description:
      'In phase NEEDS_OPERATOR: tries at once to give the I/O back to every source that lacks it',
    validator: () => {
      if (sources.stuck().length === 0)
        throw refused('NOTHING_TO_GIVE_BACK', 'every source has its I/O');
      refuseInLongHistory();
    },
  });
  setHandler(resolveUpdate, (resolution) => resolve(sources, resolution), {
    description:
      'In phase NEEDS_OPERATOR: a person has given a source its I/O back by hand ({host, by, reason, force}); the run stops trying and ends as failed',
    validator: (resolution?: unknown) => validate(sources.stuck(), fieldsOf(resolution)),
  });
}

const isFlag = (value: unknown): boolean => value === undefined || typeof value === 'boolean';

function validate(
  stuck: readonly string[],
  { host, by, reason, force }: Readonly<Record<string, unknown>>,
): void {
  if (stuck.length === 0) throw refused('NOTHING_TO_RESOLVE', 'every source has its I/O');
  if (host !== undefined && (typeof host !== 'string' || !stuck.includes(host)))
    throw refused(
      'NOT_STUCK',
      `${JSON.stringify(host)} does not lack its I/O; ${stuck.join(', ')} may`,
    );
  for (const [field, text] of Object.entries({ by, reason }))
    if (typeof text !== 'string' || text.trim() === '' || text.length > LONGEST)
      throw refused(
        'INVALID_RESOLUTION',
        `${field}: say it in 1-${LONGEST} characters; it stands in the report`,
      );
  if (!isFlag(force)) throw refused('INVALID_RESOLUTION', 'force: say true or false');
}

/** All of them or none: the hosts are asked first. */
function resolve(
  sources: StuckSources,
  { host, by, reason, force }: Resolution,
): Promise<ResolvedSource[]> {
  return CancellationScope.nonCancellable(async () => {
    const wanted = host === undefined ? sources.stuck() : [host];
    const hands = wanted.flatMap((name) => sources.hands.get(name) ?? []);
    const reads = await Promise.all(hands.map(readSource));
    const lacking = reads.filter(({ lacksIo }) => lacksIo !== '');
    if (lacking.length > 0 && force !== true)
      throw refused(
        'SOURCE_WITHOUT_IO',
        `${lacking.map((each) => `${each.host}: ${each.lacksIo}`).join('; ')}; mend it, or resolve with force`,
      );
    return Promise.all(
      hands.map(async ({ order }, at) => {
        const { host: name, read } = reads[at]!;
        const word: ByHand = { host: name, run: order.run, by, reason, at: now(), read };
        await Promise.all(sources.ledgers().map((ledger) => record(ledger, word)));
        await sources.spread(word);
        // The hand of the attempt of now: those above may have ended meanwhile.
        sources.hands.get(name)?.resolve(word);
        return { host: name, read };
      }),
    );
  });
}

const record = (ledger: LedgerRef, resolved: ByHand): Promise<void> =>
  perform(
    'flashCopyRecordResolved',
    { summary: `note that ${resolved.host} was resolved by hand` },
    { ...ledger, resolved },
  );

/** True only where the host itself says so. A freeze of a hold that has ended cannot be read: then nothing is known. */
export async function hasIo(hand: GiveBackHand): Promise<boolean> {
  if (hand.order.source.method === 'quiesce') return false;
  return (await readSource(hand)).read === HAS_IO;
}

const HAS_IO = 'has its I/O as far as can be read';

/** A host that does not answer says nothing against the person. */
async function readSource({
  order,
}: GiveBackHand): Promise<ResolvedSource & { readonly lacksIo: string }> {
  const { host } = order.source;
  try {
    const { lacksIo } = await perform(
      'flashCopyReadSource',
      { summary: `look whether ${host} has its I/O` },
      order,
    );
    return { host, lacksIo, read: lacksIo === '' ? HAS_IO : lacksIo };
  } catch (error) {
    return { host, lacksIo: '', read: `could not be read: ${errorLine(error)}` };
  }
}
