// Carries a request out as the workflow would, activity by activity, and looks at the bytes on volumes as a host sees them.
import { snapshotPart, type Plan, type PlannedGroup } from '../../../src/domain/plan.js';
import type { FlashCopyRequest, VolumePair } from '../../../src/domain/request.js';
import type { San } from './san.js';

export const SIZE = 4 * 2 ** 20;

type Copy = Partial<FlashCopyRequest['copy']>;

/** Volumes nobody has mapped, copied for their bytes alone. */
export function rawRequest(
  volumes: readonly VolumePair[],
  copy: Copy = {},
  name = 'raw',
): FlashCopyRequest {
  return {
    ...{ name, groups: [{ array: 'svc1', volumes }], sources: [], targets: [] },
    copy: {
      rate: 100,
      cleanRate: 50,
      incremental: false,
      grainSize: 256,
      waitFor: 'started',
      ...copy,
    },
    ...{
      grade: 'crash',
      maxPauseMs: 30_000,
      maxOutageMs: 300_000,
      maxPreparedMs: 600_000,
      withinMs: 600_000,
      attempts: 1,
    },
    verify: { fileSystem: true },
  };
}

export async function plan(made: San, request: FlashCopyRequest, token: string): Promise<Plan> {
  return made.run('flashCopyPlan', { request, token });
}

const makesClones = ({ snapshot }: PlannedGroup): boolean => snapshot?.clone !== undefined;

/** Up to the give back and, with target hosts, the mounts and their verdict. */
export async function carryOut(made: San, request: FlashCopyRequest, token: string) {
  const planned = await plan(made, request, token);
  const ref = { set: planned.set, run: `${planned.set}-${token}` };
  const groups = planned.groups.map((group) => {
    const snapshot = snapshotPart(group);
    const { array, name, restore = false } = group;
    return { array, group: name, restore, ...(snapshot === undefined ? {} : { snapshot }) };
  });
  for (const group of planned.groups) await made.run('flashCopyEnsureGroup', { ...ref, group });
  if (!planned.groups.some(makesClones))
    for (const target of planned.targets)
      await made.run('flashCopyReleaseTarget', { ...ref, target });
  for (const group of planned.groups)
    if (group.snapshot === undefined) await made.run('flashCopyMakePreparable', { ...ref, group });
  for (const source of planned.sources) await made.run('flashCopyPreFlush', { ...ref, source });
  for (const group of groups)
    if (group.snapshot?.planned.restoreFrom !== undefined || group.snapshot === undefined)
      await made.run('flashCopyPrepareGroup', { ...ref, ...group, timeoutMs: 600_000 });
  const cut = await made.run('flashCopyTakePointInTime', {
    ...{ ...ref, sources: planned.sources, maxPauseMs: planned.maxPauseMs },
    groups: groups.map(({ group, ...rest }) => ({ ...rest, name: group })),
  });
  for (const source of planned.sources) await made.run('flashCopyGiveBack', { ...ref, source });
  for (const source of planned.sources) await made.run('flashCopyMarkAfter', { ...ref, source });
  for (const group of planned.groups.filter(makesClones))
    await made.run('flashCopyMakeClones', { ...ref, group });
  const verdicts = [];
  for (const target of planned.targets) {
    await made.run('flashCopyPresent', { ...ref, target });
    if (target.synthesis === 'auto' || target.volumeGroups.length > 0)
      await made.run('flashCopySynthesise', { ...ref, target });
    await made.run('flashCopyMount', { ...ref, target, check: true });
    verdicts.push(await made.run('flashCopyVerify', { ...ref, target }));
  }
  return {
    plan: planned,
    ref,
    cut,
    verdicts,
    group: { array: 'svc1', group: planned.groups[0]!.name },
  };
}

/** Waits for 100 % of a group. */
export async function copied(made: San, group: { array: string; group: string }): Promise<void> {
  await made.clock.advance(600_000);
  await made.run('flashCopyAwaitCopied', group);
}

/** A host of the array that no inventory names, used for a moment. */
async function asProbe<T>(made: San, vdisk: string, work: () => Promise<T>): Promise<T> {
  await made.system.execute('mkhost -name probe -iscsiname iqn.2026-01.test:probe');
  await made.ok(`mkvdiskhostmap -force -host probe ${vdisk}`);
  try {
    return await work();
  } finally {
    await made.ok(`rmvdiskhostmap -host probe ${vdisk}`);
  }
}

const BLOCK = 2 ** 16;

/** Writes `mark` all over a volume, or over the given 64 KiB blocks. */
export const write = (
  made: San,
  vdisk: string,
  what: string | { mark: string; blocks: number[] },
): Promise<void> =>
  asProbe(made, vdisk, async () => {
    const every = Array.from({ length: SIZE / BLOCK }, (_, index) => index);
    const { mark, blocks } = typeof what === 'string' ? { mark: what, blocks: every } : what;
    const data = Buffer.alloc(BLOCK, mark);
    for (const at of blocks)
      await made.system.volumeIo.write({ host: 'probe', vdisk, offset: at * BLOCK, data });
  });

/** The volume's 64 KiB blocks, each as the one letter it is full of; `?` where it is not. */
export const read = (made: San, vdisk: string): Promise<string> =>
  asProbe(made, vdisk, async () => {
    const data = await made.system.volumeIo.read({ host: 'probe', vdisk, offset: 0, length: SIZE });
    return Array.from({ length: SIZE / BLOCK }, (_, at) => {
      const block = data.subarray(at * BLOCK, (at + 1) * BLOCK);
      return block.every((byte) => byte === block[0]) ? String.fromCharCode(block[0] ?? 0) : '?';
    }).join('');
  });

export const all = (mark: string): string => mark.repeat(SIZE / BLOCK);

/** Volumes of the usual size, mapped to nobody. */
export async function volumes(
  made: San,
  ...names: readonly string[]
): Promise<Record<string, string>> {
  for (const name of names)
    await made.ok(`mkvdisk -name ${name} -mdiskgrp Pool0 -iogrp 0 -size ${SIZE} -unit b`);
  const found = await made.storage.readVDisks(names);
  return Object.fromEntries(found.map(({ name, uid }) => [name, uid]));
}
