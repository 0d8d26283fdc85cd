// A Linux host as target: release, find, new identities, mount and verify, each one call of the agent.
import type { PlannedFileSystem } from '../../domain/plan.js';
import { COMMANDS } from '../../domain/timing.js';
import type { FoundDisk, Looking, ReleaseOrder, SynthesisRecord, TargetHost } from '../host.js';
import type { Agent } from './agent.js';
import { integer, values, type Row } from './answer.js';
import { formerFileSystem, formerGroup, mountOptions } from './former-words.js';
import { checked } from './words.js';

/** Logins, scans and multipath take so long at worst; the other half is for the answer. */
const FIND_S = COMMANDS.targetFind / 2_000;

const releaseWords = (order: ReleaseOrder): string[] => [
  checked('run', order.run),
  order.keepMapped ? 'keep' : 'unmap',
  ...order.mounts.flatMap((point) => ['mount', checked('path', point)]),
  ...order.volumeGroups.flatMap((group) => ['group', checked('group', group)]),
  ...order.uids.flatMap((uid) => ['disk', checked('uid', uid)]),
];

const newFileSystem = (run: string, fs: PlannedFileSystem): string[] => [
  'new-file-system',
  run,
  checked('fsType', fs.fsType),
  checked('uuid', fs.sourceUuid),
  checked('device', fs.device),
];

export class LinuxTarget implements TargetHost {
  constructor(private readonly agent: Agent) {}

  async release(order: ReleaseOrder, looking?: Looking): Promise<void> {
    await this.agent.change(['release', ...releaseWords(order)], {
      timeoutMs: COMMANDS.targetLong,
      looking,
    });
  }

  async proveReleased(order: ReleaseOrder): Promise<void> {
    await this.agent.read(['prove-released', ...releaseWords(order)], {
      timeoutMs: COMMANDS.targetShort,
    });
  }

  async find(
    order: {
      readonly run: string;
      readonly uids: readonly string[];
    },
    looking?: Looking,
  ): Promise<FoundDisk[]> {
    const uids = order.uids.map((uid) => checked('uid', uid));
    const rows = await this.agent.change(
      ['find', checked('run', order.run), String(FIND_S), ...uids],
      {
        timeoutMs: COMMANDS.targetFind,
        looking,
      },
    );
    return rows.map((row) => {
      const [uid = '', device = '', paths = ''] = this.#values(row, 3);
      return { uid, device, paths: integer(this.agent.host, paths) };
    });
  }

  async synthesise(
    order: Parameters<TargetHost['synthesise']>[0],
    looking?: Looking,
  ): Promise<SynthesisRecord[]> {
    const run = checked('run', order.run);
    const rows: Row[] = [];
    for (const group of order.volumeGroups) {
      const uids = group.disks.map((uid) => checked('uid', uid));
      const name = checked('group', group.name);
      const words =
        order.synthesis === 'former'
          ? formerGroup(run, group)
          : ['new-group', run, order.synthesis, name, checked('uuid', group.sourceUuid), ...uids];
      rows.push(...(await this.agent.change(words, { timeoutMs: COMMANDS.targetLong, looking })));
    }
    for (const fs of order.synthesis === 'keep' ? [] : order.fileSystems) {
      const words =
        order.synthesis === 'former' ? formerFileSystem(run, fs) : newFileSystem(run, fs);
      rows.push(...(await this.agent.change(words, { timeoutMs: COMMANDS.targetLong, looking })));
    }
    return rows.map((row) => {
      const [layer = '', device = '', was = '', now = ''] = this.#values(row, 4);
      return { layer, device, was, now };
    });
  }

  async mount(
    fileSystems: readonly PlannedFileSystem[],
    looking?: Looking,
  ): Promise<{ at: string; device: string; uuid: string }[]> {
    const mounted = [];
    for (const fs of fileSystems.filter(({ at }) => at !== '')) {
      const words = [
        'mount',
        checked('fsType', fs.fsType),
        checked('uuid', fs.sourceUuid),
        mountOptions(fs),
      ];
      const line = [...words, checked('device', fs.device), checked('path', fs.at)];
      const [row = []] = await this.agent.change(line, { timeoutMs: COMMANDS.targetLong, looking });
      const [at = '', device = '', uuid = ''] = this.#values(row, 3);
      mounted.push({ at, device, uuid });
    }
    return mounted;
  }

  async unmount(mountPoints: readonly string[]): Promise<void> {
    await this.agent.change(['unmount', ...mountPoints.map((point) => checked('path', point))], {
      timeoutMs: COMMANDS.targetLong,
    });
  }

  async verify(order: Parameters<TargetHost['verify']>[0]): ReturnType<TargetHost['verify']> {
    const points = order.fileSystems
      .filter(({ at }) => at !== '')
      .map(({ at }) => checked('path', at));
    const rows = await this.agent.read(['verify', checked('run', order.run), ...points], {
      timeoutMs: COMMANDS.targetShort,
    });
    return rows.map((row) => {
      const [at = '', before, after] = this.#values(row, 3);
      return { at, before: before === '1', after: after === '1' };
    });
  }

  async check(fileSystems: readonly PlannedFileSystem[], looking?: Looking): Promise<void> {
    for (const fs of fileSystems) {
      const words = ['check', checked('fsType', fs.fsType), checked('device', fs.device)];
      await this.agent.change(words, { timeoutMs: COMMANDS.targetCheck, looking, onlyReads: true });
    }
  }

  #values(row: Row, count: number): string[] {
    return values(this.agent.host, row, count);
  }
}
