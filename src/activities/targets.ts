// Target hosts let go of their volumes before prepare, and find the copies afterwards. Host first, then array, then proof from both.
import { FlashCopyError } from '../domain/errors.js';
import type { PlannedPresentation, PlannedTarget } from '../domain/plan.js';
import type { HostMap } from '../domain/vdisk.js';
import type { ReleaseOrder } from '../host/host.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { looking, whileBeating } from './heartbeat.js';
import { inBatches } from './in-parallel.js';
import { knownUids } from './target-uids.js';

type TargetActivities = Pick<
  FlashCopyActivities,
  'flashCopyReleaseTarget' | 'flashCopyPresent' | 'flashCopyWithdraw'
>;

const notReleased = (map: HostMap, array: string, why: string): FlashCopyError =>
  new FlashCopyError({
    family: 'state',
    code: 'NOT_RELEASED',
    message: `volume ${map.vdiskName} on ${array} is still mapped to ${map.hostName}: ${why}`,
    details: { array, volume: map.vdiskName, host: map.hostName },
  });

/** The array's own word: not mapped to this host any more, and to nobody the inventory does not name. Other target hosts prove their own. */
async function proveUnmapped(
  deps: ActivityDependencies,
  presentation: PlannedPresentation,
): Promise<void> {
  const { array, vdisk, arrayHost } = presentation;
  const declared = new Set(deps.declaredHosts.map((host) => deps.arrayHosts(host)[array]));
  for (const map of await deps.arrays(array).readHostMaps(vdisk)) {
    if (map.hostName === arrayHost) throw notReleased(map, array, 'unmapping had no effect');
    if (!declared.has(map.hostName)) throw notReleased(map, array, 'a host that is not declared');
  }
}

/** Idempotent. With keepMapped the host's exclusive hold is the proof instead of the array's maps. */
async function release(
  deps: ActivityDependencies,
  target: { readonly host: string; readonly presentations: readonly PlannedPresentation[] },
  order: ReleaseOrder,
): Promise<void> {
  const host = deps.hosts(target.host).target;
  await host.release(order, looking());
  if (order.keepMapped) {
    await host.proveReleased(order);
    return;
  }
  await inBatches(target.presentations, ({ array, vdisk, arrayHost }) =>
    deps.arrays(array).unmapVDisk({ vdisk, host: arrayHost }),
  );
  await host.proveReleased(order);
  await inBatches(target.presentations, (presentation) => proveUnmapped(deps, presentation));
}

/** Under the SCSI id the host knew it by; if that was given away meanwhile, under any: disks are found by UID. */
async function mapAsBefore(
  deps: ActivityDependencies,
  presentation: PlannedPresentation,
): Promise<void> {
  const { array, vdisk, arrayHost: host, scsiId } = presentation;
  const storage = deps.arrays(array);
  if (scsiId === undefined) return storage.mapVDisk({ vdisk, host });
  try {
    await storage.mapVDisk({ vdisk, host, scsiId });
  } catch (error) {
    const given =
      error instanceof FlashCopyError &&
      ['SCSI_ID_TAKEN', 'ATTRIBUTES_DIFFER'].includes(error.code);
    if (!given) throw error;
    await storage.mapVDisk({ vdisk, host });
  }
}

async function present(
  deps: ActivityDependencies,
  run: string,
  target: PlannedTarget,
): Promise<void> {
  await inBatches(target.presentations, (presentation) => mapAsBefore(deps, presentation));
  const uids = target.presentations.map((presentation) => presentation.uid);
  const found = await deps.hosts(target.host).target.find({ run, uids }, looking());
  const missing = uids.filter((uid) => !found.some((disk) => disk.uid === uid));
  if (missing.length === 0) return;
  throw new FlashCopyError({
    family: 'host',
    code: 'DISK_NOT_FOUND',
    message: `${target.host} does not see ${missing.join(', ')}`,
    retry: 'safe',
    details: { host: target.host, uids: missing },
  });
}

export const targetActivities = (deps: ActivityDependencies): TargetActivities => ({
  flashCopyReleaseTarget: ({ run, target }) =>
    whileBeating(deps.clock, () =>
      release(deps, target, { run, ...target.release, keepMapped: target.keepMapped }),
    ),

  flashCopyPresent: ({ run, target }) =>
    whileBeating(deps.clock, async () => present(deps, run, await knownUids(deps.arrays, target))),

  flashCopyWithdraw: ({ run, target, presentations, fileSystems }) =>
    whileBeating(deps.clock, async () => {
      const known = await knownUids(deps.arrays, { ...target, presentations, fileSystems });
      const mounts = known.fileSystems.map((fileSystem) => fileSystem.at).filter((at) => at !== '');
      await release(deps, known, {
        run,
        mounts: mounts.reverse(),
        volumeGroups: known.volumeGroups.map((group) => group.name),
        uids: known.presentations.map((presentation) => presentation.uid),
        keepMapped: false,
      });
    }),
});
