// What the kernel of a model host holds: disks it has seen, active volume groups, mounts in all namespaces, exclusive opens.
import { BLOCK, type BlockDevice, type DiskAddress, diskPath, ModelDisk } from './disk.js';
import { hostError } from './errors.js';
import { FileSystem } from './file-system.js';
import { readHeader, StripedVolume } from './volume-group.js';

export interface Mount {
  readonly at: string;
  readonly namespace: string;
  readonly fileSystem: FileSystem;
  /** Processes that have files open here. */
  readonly users: Set<string>;
}

export interface ActiveGroup {
  readonly name: string;
  readonly uuid: string;
  readonly volumes: readonly StripedVolume[];
  readonly names: readonly string[];
}

export class Kernel {
  readonly disks = new Map<string, ModelDisk>();
  readonly groups = new Map<string, ActiveGroup>();
  /** Device path -> who holds it exclusively open. */
  readonly holds = new Map<string, string>();
  /** Mount points that something else covers: nothing can be written there. */
  readonly blocked = new Set<string>();
  mounts: Mount[] = [];

  /** `reach` is the SAN: what the arrays show to this host now. */
  constructor(private readonly reach: () => readonly DiskAddress[]) {}

  /** A rescan finds new disks; one that was known and never removed keeps its cache, and stays although it is unmapped. */
  scan(): string[] {
    const visible = this.reach();
    for (const address of visible)
      if (!this.disks.has(address.uid)) this.disks.set(address.uid, new ModelDisk(address));
    return visible.map(({ uid }) => uid);
  }

  /** `uid:<uid>`, /dev/mapper/3<uid>, or /dev/<group>/<volume>. */
  device(spec: string): BlockDevice {
    const volume = [...this.groups.values()]
      .flatMap((group) => group.volumes)
      .find(({ path }) => path === spec);
    const path = spec.startsWith('uid:') ? diskPath(spec.slice(4)) : spec;
    const device = volume ?? [...this.disks.values()].find((disk) => disk.path === path);
    if (device === undefined)
      throw hostError('DISK_NOT_FOUND', `no device ${spec}`, { device: spec });
    return device;
  }

  mountAt(at: string, namespace = 'main'): Mount | undefined {
    return this.mounts.find((mount) => mount.at === at && mount.namespace === namespace);
  }

  mountsOn(uids: readonly string[]): Mount[] {
    return this.mounts.filter(({ fileSystem }) =>
      fileSystem.device.uids.some((uid) => uids.includes(uid)),
    );
  }

  /** Refuses a second file system with the same UUID, as XFS does, and a device that somebody holds. */
  async mount(spec: string, at: string, options: { readonly readOnly: boolean }): Promise<Mount> {
    const device = this.device(spec);
    const known = this.mounts.find((mount) => mount.fileSystem.device.path === device.path);
    if (this.mountAt(at) !== undefined) throw hostError('BUSY', `${at} is a mount point already`);
    const holder = this.holds.get(device.path);
    if (holder !== undefined) throw hostError('BUSY', `${device.path} is held by ${holder}`);
    const fileSystem = known?.fileSystem ?? (await FileSystem.open(device, options.readOnly));
    const twin = this.mounts.find(
      (mount) => mount.fileSystem.uuid === fileSystem.uuid && mount.fileSystem !== fileSystem,
    );
    if (twin !== undefined)
      throw hostError(
        'DUPLICATE_UUID',
        `${device.path}: UUID ${fileSystem.uuid} is mounted on ${twin.at}`,
      );
    const mount = { at, namespace: 'main', fileSystem, users: new Set<string>() };
    this.mounts.push(mount);
    return mount;
  }

  /** A container starts: it takes copies of all mounts along. */
  cloneNamespace(namespace: string): void {
    const clones = this.mounts.filter((mount) => mount.namespace === 'main');
    this.mounts.push(...clones.map((mount) => ({ ...mount, namespace, users: new Set<string>() })));
  }

  /** Throws BUSY while files are open. Errors of the write-back are lost: umount succeeds all the same. */
  async unmount(at: string, namespace = 'main'): Promise<void> {
    const mount = this.mountAt(at, namespace);
    if (mount === undefined) return;
    if (mount.users.size > 0)
      throw hostError('BUSY', `${at} is in use by ${[...mount.users].join(', ')}`, {
        users: [...mount.users],
      });
    this.mounts = this.mounts.filter((other) => other !== mount);
    if (!this.mounts.some((other) => other.fileSystem === mount.fileSystem))
      await mount.fileSystem.close().catch(() => undefined);
  }

  /** Throws DUPLICATE_PV when two disks claim the same PV, NOT_ACTIVATED when one is missing. */
  async activate(name: string): Promise<ActiveGroup> {
    const active = this.groups.get(name);
    if (active !== undefined) return active;
    const members = await this.members(name);
    const header = members[0]?.header;
    if (header === undefined) throw hostError('GROUP_NOT_FOUND', `no volume group ${name}`);
    if (new Set(members.map((one) => one.header.pvUuid)).size < members.length)
      throw hostError('DUPLICATE_PV', `two disks claim to be the same PV of ${name}`);
    const disks = header.all.map((uuid) => members.find((one) => one.header.pvUuid === uuid)?.disk);
    const present = disks.filter((disk) => disk !== undefined);
    if (present.length < disks.length) throw hostError('NOT_ACTIVATED', `${name} lacks a PV`);
    const volumes = header.logicalVolumes.map((volume) => new StripedVolume(name, volume, present));
    const names = header.logicalVolumes.map((volume) => volume.name);
    const group = { name, uuid: header.groupUuid, volumes, names };
    this.groups.set(name, group);
    return group;
  }

  deactivate(name: string): void {
    const group = this.groups.get(name);
    const busy = this.mounts.find((mount) =>
      group?.volumes.some(({ path }) => path === mount.fileSystem.device.path),
    );
    if (busy !== undefined) throw hostError('BUSY', `${name} is mounted on ${busy.at}`);
    this.groups.delete(name);
  }

  /** Removing a disk takes its cache along. */
  removeDisk(uid: string): void {
    this.disks.delete(uid);
  }

  private async members(name: string) {
    const found = [];
    for (const disk of this.disks.values()) {
      const header =
        disk.sizeBytes < BLOCK ? undefined : await readHeader(disk).catch(() => undefined);
      if (header?.groupName === name) found.push({ disk, header });
    }
    return found;
  }
}
