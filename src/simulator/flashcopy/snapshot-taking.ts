// Takes a snapshot, whoever asked: a command or a policy. All volumes at one instant, or nothing is left of the attempt.
import { start } from './lifecycle.js';
import { removeImage } from './removal.js';
import type { Machine } from '../machine.js';
import { arrayTime } from '../model/array-time.js';
import { refuse } from '../model/codes.js';
import { checkName } from '../model/object-names.js';
import type { Snapshot, SnapshotMember, VolumeGroup } from '../model/snapshot.js';
import type { ArrayState, Mapping, Pool, Volume } from '../model/state.js';
import { systemMapping } from './system-mappings.js';
import { createVolume } from './volume-creation.js';

export interface WantedSnapshot {
  readonly volumes: readonly Volume[];
  /** Absent: of loose volumes. */
  readonly group?: VolumeGroup;
  /** Absent: the array finds one. */
  readonly name?: string;
  readonly pool?: Pool;
  /** ms: the point in time. */
  readonly atMs: number;
  /** Goes by itself so long after. */
  readonly keepMs?: number;
  readonly safeguarded: boolean;
  readonly auto?: boolean;
  readonly ignoreLegacy: boolean;
}

/** Throws CMMVC7205E (no licence), CMMVC6032E (legacy mappings), CMMVC6302E, CMMVC5917E, and what names and pools may break. */
export async function takeSnapshot(machine: Machine, wanted: WantedSnapshot): Promise<Snapshot> {
  const { state } = machine;
  const { volumes, group, atMs, keepMs } = wanted;
  if (!state.settings.flashCopyLicensed) throw refuse('CMMVC7205E', 'FlashCopy is not licensed');
  if (!wanted.ignoreLegacy && group?.ignoreUserMaps !== true) checkLegacy(state, volumes);
  const id = state.snapshots.freeId();
  const parentUid = group?.uid ?? String(++state.serial);
  const siblings = siblingsOf(state, wanted);
  const name = wanted.name ?? freeName(id, siblings, wanted);
  checkName(name, siblings);
  const members = await takeImages(machine, wanted);
  const snapshot: Snapshot = {
    ...{ id, name, groupName: group?.name ?? '', parentUid, time: arrayTime(atMs), members },
    ...(group === undefined ? {} : { group: group.id }),
    safeguarded: wanted.safeguarded,
    ...(wanted.auto === true ? { auto: true } : {}),
    ...(keepMs === undefined ? {} : { expires: atMs + keepMs }),
  };
  state.snapshots.push(snapshot);
  return snapshot;
}

/** Volumes of a group as hosts know them. Throws CMMVC5753E when there are none. */
export function volumesOf(state: ArrayState, group: VolumeGroup): readonly Volume[] {
  const volumes = state.volumes.filter(
    (volume) => volume.group === group.id && volume.hidden !== true,
  );
  if (volumes.length === 0) throw refuse('CMMVC5753E', 'the volume group is empty');
  return volumes;
}

/** Legacy mappings and snapshots exclude each other unless that is ignored. */
function checkLegacy(state: ArrayState, volumes: readonly Volume[]): void {
  const legacy = volumes.find(({ id }) =>
    state.mappingsOn(id).some(({ owner }) => owner === undefined),
  );
  if (legacy) throw refuse('CMMVC6032E', `${legacy.name} is in a FlashCopy mapping`);
}

/** Of loose volumes the name is taken when a snapshot of one of them has it, so the CSI driver finds out about a repeat. */
function siblingsOf(state: ArrayState, { group, volumes }: WantedSnapshot): readonly Snapshot[] {
  const shares = ({ members }: Snapshot): boolean =>
    members.some((member) => volumes.some(({ id }) => id === member.volume));
  return state.snapshots.filter((other) =>
    group === undefined
      ? other.group === undefined && shares(other)
      : other.parentUid === group.uid,
  );
}

/** A person is told that the name is taken; a policy has nobody to tell. */
function freeName(id: number, siblings: readonly Snapshot[], { auto }: WantedSnapshot): string {
  let number = id;
  while (auto === true && siblings.some(({ name }) => name === `snapshot${number}`)) number++;
  return `snapshot${number}`;
}

const THIN = {
  realBytes: 0,
  autoexpand: true,
  grainKiB: 256,
  warningPercent: 0,
  compressed: false,
  deduplicated: false,
} as const;

/** A hidden thin volume and a hidden mapping of rate 0 for each; all cut at one instant. */
async function takeImages(
  machine: Machine,
  { volumes, pool: home, atMs }: WantedSnapshot,
): Promise<SnapshotMember[]> {
  const { state } = machine;
  const members: SnapshotMember[] = [];
  const mappings: Mapping[] = [];
  try {
    for (const volume of volumes) {
      const pool = home ?? state.pools.byId(volume.pool);
      if (!pool) throw refuse('CMMVC6033E', volume.name);
      const name = `@snapshot${state.serial + 1}`;
      const bytes = volume.capacityBytes;
      const image = await createVolume(machine, {
        name,
        pool,
        bytes,
        thin: { ...THIN },
        hidden: true,
      });
      members.push({ volume: volume.id, volumeName: volume.name, image: image.id });
      mappings.push(systemMapping(machine, { source: volume, target: image, owner: 'snapshot' }));
    }
    await start(machine, mappings);
  } catch (error) {
    for (const { image } of members) await removeImage(machine, image);
    throw error;
  }
  for (const mapping of mappings) mapping.startTime = arrayTime(atMs);
  return members;
}
