// Prepares the source guest: a volume group over two VDisks, a striped logical volume with xfs on it, mounted at /data.
import type { Guest } from '../guest.js';

export interface SourceIdentity {
  readonly vgName: string;
  readonly vgUuid: string;
  readonly fsUuid: string;
}

/** Disks by VDisk UID: the multipath nodes the guest's own udev made. */
export async function prepareSource(
  guest: Guest,
  uids: readonly string[],
): Promise<SourceIdentity> {
  const disks = uids.map((uid) => `/dev/mapper/3${uid.toLowerCase()}`).join(' ');
  await guest.sh(`
    vgcreate -qq -y vg_data ${disks} >/dev/null
    lvcreate -qq -y -n data -i ${uids.length} -I 64k -l 100%FREE vg_data >/dev/null
    # A log of 64 MiB, the least of today's mkfs, is written whole at every new UUID: half a minute on an emulated disk.
    mkfs.xfs -q -f --unsupported -l size=8m /dev/vg_data/data
    mkdir -p /data
    mount /dev/vg_data/data /data
  `);
  return readIdentity(guest);
}

/** Read before and after the copies: the source's identity must not change. */
export async function readIdentity(guest: Guest): Promise<SourceIdentity> {
  const text = await guest.sh(`
    vgs --noheadings -o vg_name,vg_uuid vg_data
    blkid -p -s UUID -o value /dev/vg_data/data
  `);
  const [vgName = '', vgUuid = '', fsUuid = ''] = text.split(/\s+/).filter((word) => word !== '');
  return { vgName, vgUuid, fsUuid };
}
