// What a model host answers to an inspection: only what it can see, read from kernel and disks.
import type {
  HostInspection,
  InspectedFileSystem,
  InspectedVolumeGroup,
} from '../../domain/inspection.js';
import type { InspectOrder } from '../../host/host.js';
import { readSuperblock } from './file-system.js';
import type { HolderHost } from './holder.js';
import type { Kernel } from './kernel.js';
import { type PhysicalVolumeHeader, readHeader } from './volume-group.js';

function fileSystems(kernel: Kernel, uids: readonly string[]): InspectedFileSystem[] {
  const mounts = kernel.mountsOn(uids);
  return mounts
    .filter((mount) => mount.namespace === 'main')
    .map(({ at, fileSystem }) => ({
      mountPoint: at,
      device: fileSystem.device.path,
      fsType: 'model',
      uuid: fileSystem.uuid,
      options: fileSystem.readOnly ? 'ro' : 'rw',
      disks: fileSystem.device.uids,
      volumeGroup:
        [...kernel.groups.values()].find((group) => isOf(group.volumes, fileSystem.device.path))
          ?.name ?? '',
      managedBy: '',
      otherNamespaces: mounts.filter(
        (other) => other.fileSystem === fileSystem && other.namespace !== 'main',
      ).length,
      essential: at === '/',
    }));
}

const isOf = (volumes: readonly { readonly path: string }[], path: string): boolean =>
  volumes.some((volume) => volume.path === path);

interface Found {
  readonly uid: string;
  readonly header: PhysicalVolumeHeader;
}

async function headersOf(kernel: Kernel): Promise<Found[]> {
  const headers: Found[] = [];
  for (const [uid, disk] of kernel.disks) {
    const header = await readHeader(disk).catch(() => undefined);
    if (header !== undefined) headers.push({ uid, header });
  }
  return headers;
}

/** Names of groups that have nothing to do with these disks. */
function otherGroups(headers: readonly Found[], uids: readonly string[]): string[] {
  const ours = new Set(
    headers.filter(({ uid }) => uids.includes(uid)).map(({ header }) => header.groupUuid),
  );
  const others = headers.filter(({ header }) => !ours.has(header.groupUuid));
  return [...new Set(others.map(({ header }) => header.groupName))];
}

async function volumeGroups(
  { kernel, headers }: { readonly kernel: Kernel; readonly headers: readonly Found[] },
  uids: readonly string[],
): Promise<InspectedVolumeGroup[]> {
  const named = new Set(
    headers.filter(({ uid }) => uids.includes(uid)).map(({ header }) => header.groupUuid),
  );
  return Promise.all(
    [...named].map(async (uuid) => {
      const members = headers.filter(({ header }) => header.groupUuid === uuid);
      const first = members[0]?.header;
      const active = kernel.groups.get(first?.groupName ?? '');
      const uidOf = (pv: string) =>
        members.find(({ header }) => header.pvUuid === pv)?.uid ?? `missing:${pv}`;
      const logicalVolumes = (first?.logicalVolumes ?? []).map(async ({ name }) => {
        const device = active?.volumes.find(({ path }) => path.endsWith(`/${name}`));
        const superblock = device === undefined ? undefined : await readSuperblock(device);
        return {
          ...{ name, device: `/dev/${first?.groupName}/${name}`, active: active !== undefined },
          ...{
            fsType: superblock === undefined ? '' : 'model',
            uuid: superblock?.uuid ?? '',
            segmentType: 'striped',
          },
        };
      });
      return {
        name: first?.groupName ?? '',
        uuid,
        physicalVolumes: (first?.all ?? []).map(uidOf),
        pvUuids: first?.all ?? [],
        logicalVolumes: await Promise.all(logicalVolumes),
      };
    }),
  );
}

export async function inspectModel(
  host: HolderHost,
  order: InspectOrder,
  heldBy: string,
): Promise<HostInspection> {
  const { kernel, units } = host;
  const visible = kernel.scan();
  const headers = await headersOf(kernel);
  const seen = order.uids.filter((uid) => visible.includes(uid));
  return {
    host: host.name,
    privileged: true,
    missingTools: [],
    disks: order.uids.map((uid) => {
      const disk = seen.includes(uid) ? kernel.disks.get(uid) : undefined;
      return {
        uid,
        device: disk?.path ?? '',
        paths: disk === undefined ? 0 : 2,
        sizeBytes: disk?.sizeBytes ?? 0,
      };
    }),
    fileSystems: fileSystems(kernel, order.uids),
    volumeGroups: await volumeGroups({ kernel, headers }, order.uids),
    otherVolumeGroups: otherGroups(headers, order.uids),
    otherUses: [],
    unknownUnits: units.unknown(order.units),
    mountPoints: order.mountPoints.flatMap((path) => {
      const mount = kernel.mountAt(path);
      return mount === undefined ? [] : [{ path, device: mount.fileSystem.device.path }];
    }),
    heldBy,
  };
}
