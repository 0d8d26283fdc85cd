// A volume group with two volumes, and requests that snapshot, clone and restore it.
import type {
  FlashCopyRequest,
  RequestedSnapshot,
  VolumePair,
} from '../../../src/domain/request.js';
import { all, plan, rawRequest, read, volumes, write } from './carry-out.js';
import { failure, san, type San } from './san.js';

export const VG = { volumeGroup: 'vg', safeguarded: false, ignoreLegacy: false };
export const PAIRS = ['one', 'two'].map((source) => ({ source, target: '' }));
export const CLONES = ['one', 'two'].map((source) => ({ source, target: `${source}_new` }));

/** Volumes `one` full of A and `two` full of B, in volume group vg. */
export async function grouped(): Promise<San & { uids: Record<string, string> }> {
  const made = await san();
  const uids = await volumes(made, 'one', 'two');
  await made.ok('mkvolumegroup -name vg');
  for (const name of ['one', 'two']) await made.ok(`chvdisk -volumegroup vg ${name}`);
  await write(made, 'one', 'A');
  await write(made, 'two', 'B');
  return { ...made, uids };
}

export const taking = (
  snapshot: Partial<RequestedSnapshot> = {},
  pairs: readonly VolumePair[] = PAIRS,
): FlashCopyRequest =>
  rawRequest(pairs, { rate: 50, kind: 'snapshot', snapshot: { ...VG, ...snapshot } });
export const cloning = (
  clone: 'clone' | 'thinclone',
  more: Partial<RequestedSnapshot> = {},
): FlashCopyRequest => taking({ clone, ...more }, CLONES);
export const restoring = (uids: Record<string, string>, restoreFrom: string): FlashCopyRequest =>
  rawRequest(
    ['one', 'two'].map((target) => ({ source: '', target, overwrite: uids[target]! })),
    { rate: 50, kind: 'restore-snapshot', snapshot: { ...VG, restoreFrom } },
  );

export const both = async (made: San, names = ['one', 'two']): Promise<string[]> => [
  await read(made, names[0]!),
  await read(made, names[1]!),
];
export const change = async (made: San, marks: string): Promise<void> => {
  await write(made, 'one', marks.charAt(0));
  await write(made, 'two', marks.charAt(1));
};
export const bytes = (marks: string): string[] => [all(marks.charAt(0)), all(marks.charAt(1))];
export const taken = async (made: San) =>
  (await made.storage.readSnapshots('vg')).map(({ name }) => name);
export const refused = async (made: San, request: FlashCopyRequest): Promise<string> =>
  JSON.stringify((await failure(plan(made, request, 'aaaaaa'))).details);
