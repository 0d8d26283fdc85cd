// A host in this process: kernel, units, source and target side behind the port.
import type { Clock } from '../../domain/clock.js';
import type { HostInspection } from '../../domain/inspection.js';
import type { Host, InspectOrder } from '../../host/host.js';
import type { BlockDevice } from './disk.js';
import { makeFileSystem } from './file-system.js';
import type { HolderHost } from './holder.js';
import { inspectModel } from './inspection.js';
import { Kernel, type Mount } from './kernel.js';
import { ModelSource } from './source-host.js';
import { ModelTarget } from './target-host.js';
import { Units } from './units.js';
import { createVolumeGroup } from './volume-group.js';

export interface ModelHostOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly uuid: () => string;
  readonly reach: ConstructorParameters<typeof Kernel>[0];
}

export class ModelHost implements Host, HolderHost {
  readonly name: string;
  readonly clock: Clock;
  readonly units = new Units();
  readonly kernel: Kernel;
  readonly source: ModelSource;
  readonly target: ModelTarget;

  constructor(private readonly options: ModelHostOptions) {
    this.name = options.name;
    this.clock = options.clock;
    this.kernel = new Kernel(options.reach);
    this.source = new ModelSource(this);
    this.target = new ModelTarget(this, options.uuid);
  }

  inspect(order: InspectOrder): Promise<HostInspection> {
    return inspectModel(this, order, this.source.heldBy());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Makes a volume group over disks that are mapped to this host, and activates it. */
  async createVolumeGroup(
    name: string,
    uids: readonly string[],
    volumes: readonly string[],
  ): Promise<void> {
    this.kernel.scan();
    const disks: BlockDevice[] = uids.map((uid) => this.kernel.device(`uid:${uid}`));
    await createVolumeGroup({ disks, name, volumes, uuid: this.options.uuid });
    await this.kernel.activate(name);
  }

  /** Makes a file system on `uid:<uid>` or /dev/<group>/<volume> and mounts it. */
  async createFileSystem(device: string, at: string): Promise<Mount> {
    this.kernel.scan();
    await makeFileSystem(this.kernel.device(device), this.options.uuid());
    return this.kernel.mount(device, at, { readOnly: false });
  }

  /** Whether an application could write there now. */
  hasIo(at: string): boolean {
    const mount = this.kernel.mountAt(at);
    return mount !== undefined && !mount.fileSystem.frozen && !this.kernel.blocked.has(at);
  }
}
