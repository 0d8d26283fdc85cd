// A target that the run creates has no UID while it is planned; from the moment it exists, the array is asked for it.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { PlannedPresentation, PlannedTarget } from '../domain/plan.js';

async function uidOf(array: StorageArray, presentation: PlannedPresentation): Promise<string> {
  const [vdisk] = await array.readVDisks([presentation.vdisk]);
  if (vdisk !== undefined) return vdisk.uid;
  throw new FlashCopyError({
    family: 'state',
    code: 'VOLUME_MISSING',
    message: `array ${array.name} has no volume ${presentation.vdisk}`,
    details: { array: array.name, volume: presentation.vdisk },
  });
}

/** True for a UID as hosts see it; what a plan writes instead for a volume not yet created is anything else. */
const isUid = (text: string): boolean => /^[0-9A-F]{32}$/i.test(text);

/** The target with every placeholder of a presentation replaced by the volume's UID, wherever the plan uses it. */
export async function knownUids(
  arrays: (name: string) => StorageArray,
  target: PlannedTarget,
): Promise<PlannedTarget> {
  const unknown = target.presentations.filter((presentation) => !isUid(presentation.uid));
  if (unknown.length === 0) return target;
  const uids = new Map<string, string>();
  for (const presentation of unknown)
    uids.set(presentation.uid, await uidOf(arrays(presentation.array), presentation));
  const known = (uid: string): string => uids.get(uid) ?? uid;
  return {
    ...target,
    presentations: target.presentations.map((one) => ({ ...one, uid: known(one.uid) })),
    volumeGroups: target.volumeGroups.map((one) => ({ ...one, disks: one.disks.map(known) })),
    fileSystems: target.fileSystems.map((one) => ({
      ...one,
      device: one.device.startsWith('uid:') ? `uid:${known(one.device.slice(4))}` : one.device,
    })),
  };
}
