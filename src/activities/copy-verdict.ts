// What a look at a background copy means: done, running (when will it end, does it stand, and why), or lost, with the reason.
import { activityInfo } from '@temporalio/activity';
import type { StorageArray } from '../array/array.js';
import { expectedEnd, stalledForMs, type Pace } from '../domain/copy-pace.js';
import { FlashCopyError } from '../domain/errors.js';
import type { VolumeReport } from '../domain/report.js';
import { WAITS } from '../domain/timing.js';
import type { FlashCopyActivities, GroupProgress } from './contract.js';

export type CopiedOrder = Parameters<FlashCopyActivities['flashCopyAwaitCopied']>[0];

/** 2 s after the first look, doubling up to 30 s: small copies end soon, large ones are not asked about all the time. */
const nextLookMs = (attempt: number): number =>
  Math.min(WAITS.copyLookLast, WAITS.copyLookFirst * 2 ** Math.min(attempt - 1, 8));

const gone = ({ mappings }: GroupProgress, order: CopiedOrder): string[] =>
  (order.mappings ?? []).map(({ name }) => name).filter((name) => !mappings.includes(name));

export const isCopied = (progress: GroupProgress, order: CopiedOrder): boolean =>
  progress.volumes.length > 0 &&
  progress.volumes.every((volume) => volume.independent) &&
  gone(progress, order).length === 0;

/** Below 100 % a mapping is worth something only while it copies: stopped, prepared anew or gone, its target is no copy of ours any more. */
const lostVolumes = ({ volumes }: GroupProgress): VolumeReport[] =>
  volumes.filter(
    ({ independent, state }) =>
      !independent && !['copying', 'suspended', 'stopping'].includes(state ?? 'copying'),
  );

export const isLost = (progress: GroupProgress, order: CopiedOrder): boolean =>
  progress.volumes.length === 0 ||
  lostVolumes(progress).length > 0 ||
  gone(progress, order).length > 0;

const MOST_NAMES = 5;
/** A server cuts a failure above 4 KB off, details and all: each volume's progress is in the heartbeat. */
const few = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;

/** Why it does not go on, in the order in which one would look. */
function standstill(volumes: readonly VolumeReport[]): string {
  const open = volumes.filter(({ independent }) => !independent);
  const suspended = open.filter(({ state }) => state === 'suspended');
  const unrated = open.filter(({ copyRate }) => copyRate === 0);
  const names = (list: readonly VolumeReport[]): string => few(list.map(({ mapping }) => mapping));
  if (suspended.length > 0)
    return `${names(suspended)} suspended: an I/O group or pool of theirs is away`;
  if (unrated.length > 0)
    return `copy rate 0 on ${names(unrated)}: raise it with flashcopy rate NAME RATE`;
  return '';
}

export function copyRunning(
  order: CopiedOrder,
  progress: GroupProgress,
  { pace, now }: { readonly pace: Pace; readonly now: number },
): FlashCopyError {
  const percents = progress.volumes.map((volume) => volume.progressPercent);
  const sizes = new Map(
    (order.mappings ?? []).map(({ name, capacityBytes }) => [name, capacityBytes]),
  );
  const seen = progress.volumes.map((volume) => ({
    ...volume,
    capacityBytes: sizes.get(volume.mapping) ?? 0,
  }));
  const end = expectedEnd(pace, now);
  const stalledMs = stalledForMs(pace, seen, now);
  const why = standstill(progress.volumes);
  const [least, copied] = [
    Math.min(...percents),
    percents.filter((percent) => percent === 100).length,
  ];
  const parts = [
    `${order.group} ${progress.state}: slowest volume at ${least} %, ${copied} of ${percents.length} independent`,
    ...(end === undefined ? [] : [`expected to end ${new Date(end).toISOString()}`]),
    ...(stalledMs === 0 ? [] : [`no progress for ${Math.round(stalledMs / 60_000)} min`]),
    ...(why === '' ? [] : [why]),
  ];
  return new FlashCopyError({
    family: 'copy',
    code: 'COPY_RUNNING',
    message: parts.join('; '),
    retry: 'safe',
    details: {
      array: order.array,
      group: order.group,
      leastPercent: least,
      ...(end === undefined ? {} : { expectedEnd: new Date(end).toISOString() }),
      ...(stalledMs === 0 && why === '' ? {} : { stalledMs, standstill: why }),
      nextLookMs: nextLookMs(activityInfo().attempt),
    },
  });
}

/** Reads the volumes of what was lost: an offline source or target tells more than the state. */
export async function copyStopped(
  array: StorageArray,
  order: CopiedOrder,
  progress: GroupProgress,
): Promise<FlashCopyError> {
  const lost = lostVolumes(progress);
  const missing = gone(progress, order);
  const sources =
    lost.length === 0
      ? []
      : await array.readVDisks(lost.map(({ source }) => source)).catch(() => []);
  const offline = sources.filter(({ status }) => status === 'offline').map(({ name }) => name);
  const all = [
    ...lost.map(
      ({ mapping, state, progressPercent }) =>
        `${mapping} is ${state ?? ''} at ${progressPercent} %`,
    ),
    ...missing.map((name) => `${name} is gone from the group`),
    ...(progress.volumes.length === 0 ? ['the group is empty'] : []),
    offline.length > 0
      ? `source ${few(offline)} is offline`
      : 'stopped by a command, or by an I/O error of its target: see the event log of the array',
  ];
  // The last one says why; of the volumes a few are enough.
  const reasons =
    all.length <= MOST_NAMES + 1
      ? all
      : [...all.slice(0, MOST_NAMES), `and ${all.length - 1 - MOST_NAMES} more`, ...all.slice(-1)];
  return new FlashCopyError({
    family: 'copy',
    code: 'COPY_STOPPED',
    message: `${order.group} is ${progress.state} before every volume was copied: ${reasons.join('; ')}`,
    details: { array: order.array, group: order.group, state: progress.state, reasons },
  });
}
