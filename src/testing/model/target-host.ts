// The target side of a model host: letting go, finding again, new identities, mounts and nonces.
import type { PlannedFileSystem, PlannedVolumeGroup, Synthesis } from '../../domain/plan.js';
import type { FoundDisk, ReleaseOrder, SynthesisRecord, TargetHost } from '../../host/host.js';
import { hostError } from './errors.js';
import { checkFileSystem, readSuperblock, writeSuperblock } from './file-system.js';
import type { HolderHost } from './holder.js';
import { promised } from './promised.js';
import { nonceName } from './source-host.js';
import { readHeader, writeHeader } from './volume-group.js';

export class ModelTarget implements TargetHost {
  constructor(
    private readonly host: HolderHost,
    private readonly uuid: () => string,
  ) {}

  async release(order: ReleaseOrder): Promise<void> {
    const { kernel } = this.host;
    const named = kernel.mountsOn(order.uids).filter(({ at }) => order.mounts.includes(at));
    const used = named.find(({ users }) => users.size > 0);
    if (used !== undefined) throw this.inUse(used.at, [...used.users].join(', '));
    for (const at of order.mounts)
      if (named.some((mount) => mount.at === at)) await kernel.unmount(at);
    const left = kernel.mountsOn(order.uids)[0];
    if (left !== undefined) throw this.inUse(left.at, `a mount in namespace ${left.namespace}`);
    for (const group of [...kernel.groups.values()])
      if (group.volumes.some(({ uids }) => uids.some((uid) => order.uids.includes(uid))))
        kernel.deactivate(group.name);
    for (const uid of order.uids) this.letGo(uid, order);
  }

  proveReleased(order: ReleaseOrder): Promise<void> {
    return promised(() => this.proveNow(order));
  }

  find(order: { readonly run: string; readonly uids: readonly string[] }): Promise<FoundDisk[]> {
    return promised(() => this.findNow(order));
  }

  async synthesise(order: Parameters<TargetHost['synthesise']>[0]): Promise<SynthesisRecord[]> {
    const records: SynthesisRecord[] = [];
    for (const group of order.volumeGroups) {
      if (order.synthesis === 'auto') records.push(await this.renameGroup(group));
      if (order.synthesis === 'former') records.push(await this.formerGroup(group));
      await this.host.kernel.activate(order.synthesis === 'keep' ? group.sourceName : group.name);
    }
    if (order.synthesis === 'keep') return records;
    for (const fileSystem of order.fileSystems)
      records.push(await this.giveUuid(fileSystem, order.synthesis));
    return records;
  }

  async mount(fileSystems: readonly PlannedFileSystem[]) {
    const { kernel } = this.host;
    const mounts = [];
    for (const { at, device, readOnly } of fileSystems.filter((one) => one.at !== '')) {
      const { path } = kernel.device(device);
      const mount = kernel.mountAt(at) ?? (await kernel.mount(device, at, { readOnly }));
      if (mount.fileSystem.device.path !== path)
        throw hostError('MOUNT_POINT_TAKEN', `${at} shows another device`);
      const superblock = await readSuperblock(mount.fileSystem.device);
      mounts.push({ at, device: path, uuid: superblock?.uuid ?? '' });
    }
    return mounts;
  }

  async unmount(mountPoints: readonly string[]): Promise<void> {
    for (const at of mountPoints) await this.host.kernel.unmount(at);
  }

  verify(order: Parameters<TargetHost['verify']>[0]): ReturnType<TargetHost['verify']> {
    return promised(() =>
      order.fileSystems.map(({ at }) => {
        const mount = this.host.kernel.mountAt(at);
        if (mount === undefined)
          throw hostError('NOT_MOUNTED', `${this.host.name}: ${at} is not mounted`);
        const has = (kind: 'before' | 'after') =>
          mount.fileSystem.fileNames.includes(nonceName(order.run, kind));
        return { at, before: has('before'), after: has('after') };
      }),
    );
  }

  async check(fileSystems: readonly PlannedFileSystem[]): Promise<void> {
    for (const { device } of fileSystems) await checkFileSystem(this.host.kernel.device(device));
  }

  private proveNow(order: ReleaseOrder): void {
    const { kernel } = this.host;
    const visible = kernel.scan();
    const wrong = order.uids.find((uid) => {
      if (!order.keepMapped) return visible.includes(uid);
      const path = kernel.disks.get(uid)?.path;
      return path === undefined || kernel.holds.get(path) !== order.run;
    });
    if (wrong === undefined) return;
    throw hostError(
      'NOT_RELEASED',
      `${this.host.name} still ${order.keepMapped ? 'lost hold of' : 'sees'} ${wrong}`,
    );
  }

  private findNow(order: { readonly run: string; readonly uids: readonly string[] }): FoundDisk[] {
    const { kernel } = this.host;
    const visible = kernel.scan();
    return order.uids.map((uid) => {
      const disk = visible.includes(uid) ? kernel.disks.get(uid) : undefined;
      if (disk === undefined)
        throw hostError('DISK_NOT_FOUND', `${this.host.name} does not see ${uid}`);
      if (kernel.holds.get(disk.path) === order.run) kernel.holds.delete(disk.path);
      disk.dropCache();
      return { uid, device: disk.path, paths: 2 };
    });
  }

  private letGo(uid: string, order: ReleaseOrder): void {
    const { kernel } = this.host;
    const disk = kernel.disks.get(uid);
    if (disk === undefined) return;
    disk.dropCache();
    if (order.keepMapped) kernel.holds.set(disk.path, order.run);
    else kernel.removeDisk(uid);
  }

  private async renameGroup(group: PlannedVolumeGroup): Promise<SynthesisRecord> {
    const { kernel } = this.host;
    const disks = group.disks.map((uid) => kernel.device(`uid:${uid}`));
    const headers = await Promise.all(disks.map(readHeader));
    const was = headers[0]?.groupUuid ?? '';
    if (headers.some((header) => header?.groupUuid === group.sourceUuid)) {
      await this.refuseTakenName(group);
      const all = disks.map(() => this.uuid());
      const groupUuid = this.uuid();
      for (const [index, disk] of disks.entries()) {
        const header = headers[index];
        if (header === undefined)
          throw hostError('SYNTHESIS_REFUSED', `${disk.path} is no PV of ${group.sourceName}`);
        const pvUuid = all[header.index] ?? '';
        await writeHeader(disk, { ...header, pvUuid, all, groupUuid, groupName: group.name });
      }
    }
    const [first] = disks;
    const now = first === undefined ? undefined : await readHeader(first);
    return { layer: 'lvm', device: group.name, was, now: now?.groupUuid ?? '' };
  }

  /** As LVM does: of two groups with one name it would not know which is meant. */
  private async refuseTakenName({ name, disks }: PlannedVolumeGroup): Promise<void> {
    for (const [uid, disk] of this.host.kernel.disks) {
      const header = disks.includes(uid)
        ? undefined
        : await readHeader(disk).catch(() => undefined);
      if (header?.groupName === name)
        throw hostError('NAME_TAKEN', `volume group ${name} exists on ${this.host.name}`);
    }
  }

  private async formerGroup(group: PlannedVolumeGroup): Promise<SynthesisRecord> {
    const { kernel } = this.host;
    await this.refuseTakenName(group);
    const all = group.pvUuids ?? [];
    let was = '';
    for (const [index, uid] of group.disks.entries()) {
      const disk = kernel.device(`uid:${uid}`);
      const header = await readHeader(disk);
      if (header === undefined)
        throw hostError('NO_VOLUME_GROUP', `${disk.path} is no PV of any volume group`);
      was = header.groupUuid;
      const ids = { groupUuid: group.sourceUuid, groupName: group.name };
      await writeHeader(disk, { ...header, ...ids, all, pvUuid: all[index] ?? '' });
    }
    return { layer: 'lvm', device: group.name, was, now: group.sourceUuid };
  }

  private async giveUuid(
    { device, sourceUuid }: PlannedFileSystem,
    synthesis: Synthesis,
  ): Promise<SynthesisRecord> {
    const block = this.host.kernel.device(device);
    const superblock = await readSuperblock(block);
    if (superblock === undefined)
      throw hostError('NO_FILE_SYSTEM', `${device} holds no file system`);
    const isSources = superblock.uuid === sourceUuid;
    if (synthesis === 'former' && !isSources)
      await writeSuperblock(block, { ...superblock, uuid: sourceUuid });
    if (synthesis === 'auto' && isSources)
      await writeSuperblock(block, { ...superblock, uuid: this.uuid() });
    const now = await readSuperblock(block);
    return { layer: 'file system', device, was: superblock.uuid, now: now?.uuid ?? '' };
  }

  private inUse(at: string, by: string) {
    return hostError('TARGET_IN_USE', `${this.host.name}: ${at} is in use by ${by}`, {
      mountPoint: at,
      by,
    });
  }
}
