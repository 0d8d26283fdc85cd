// A situation with nothing against it: two volumes, one volume group striped over both, two mounts, one source and one target host.
// Tests change one fact of it at a time.
import type { Situation } from '../../../../src/domain/plan-rules/view.js';

/** Facts that a test may change. */
export type Mutable<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;
export type Facts = Mutable<Situation>;
export type FactsArray = Facts['arrays'][number];
export type FactsMapping = FactsArray['mappings'][number];

export const uid = (n: number): string => `6005076${String(n).padStart(25, '0')}`;
export const GiB = 2 ** 30;

const device = (n: number): string => `/dev/mapper/3${uid(n).toLowerCase()}`;

const vdisk = (name: string, n: number): FactsArray['vdisks'][number] => ({
  ...{
    id: String(n),
    name,
    uid: uid(n),
    capacityBytes: GiB,
    status: 'online' as const,
    pool: 'pool0',
  },
  ...{ ioGroup: 'io_grp0', fcMapCount: 0, replicated: false },
});

export const fileSystem = (
  mountPoint: string,
  lv: string,
): Facts['sources'][number]['fileSystems'][number] => ({
  ...{
    mountPoint,
    device: `/dev/vg_data/${lv}`,
    fsType: 'xfs',
    uuid: `uuid-${lv}`,
    options: 'rw,relatime',
  },
  ...{
    disks: [uid(1), uid(2)],
    volumeGroup: 'vg_data',
    managedBy: '',
    otherNamespaces: 0,
    essential: false,
  },
});

export const logicalVolume = (
  name: string,
): Facts['sources'][number]['volumeGroups'][number]['logicalVolumes'][number] => ({
  ...{ name, device: `/dev/vg_data/${name}`, active: true, fsType: 'xfs', uuid: `uuid-${name}` },
  segmentType: 'striped',
});

export const host = (name: string): Facts['sources'][number] => ({
  ...{
    host: name,
    privileged: true,
    missingTools: [],
    disks: [],
    fileSystems: [],
    volumeGroups: [],
  },
  ...{ otherUses: [], unknownUnits: [], mountPoints: [], heldBy: '' },
});

export const mapping = (changes: Partial<FactsMapping> = {}): FactsMapping => ({
  ...{
    id: '0',
    name: 'fc_db_copy1',
    source: 'db_data1',
    target: 'db_copy1',
    group: 'nightly_abc123',
  },
  ...{ state: 'idle_or_copied', progressPercent: 100, copyRate: 50, incremental: false },
  ...{ startTime: '261123020000', replicationControlled: false, restoring: false },
  ...changes,
});

/** Both pairs as an earlier run of the set left them. */
export function withFormerRun(
  facts: Facts,
  state: FactsMapping['state'],
  progressPercent = 100,
): void {
  const [array] = facts.arrays;
  array!.mappings = [1, 2].map((n) =>
    mapping({
      name: `fc_db_copy${n}`,
      source: `db_data${n}`,
      target: `db_copy${n}`,
      state,
      progressPercent,
    }),
  );
  array!.groups = [{ id: '1', name: 'nightly_abc123', state, startTime: '261123020000' }];
  for (const pair of facts.request.groups[0]!.volumes) delete pair.overwrite;
}

export function soundSituation(): Facts {
  return {
    token: 'k3x9qa',
    request: {
      name: 'nightly',
      groups: [
        {
          array: 'svc-lab',
          volumes: [
            { source: 'db_data1', target: 'db_copy1', overwrite: uid(11) },
            { source: 'db_data2', target: 'db_copy2', overwrite: uid(12) },
          ],
        },
      ],
      sources: [
        {
          host: 'source1',
          method: 'unmount',
          units: ['db.service'],
          applications: [],
          mounts: 'auto',
        },
      ],
      targets: [
        {
          ...{ host: 'backup1', synthesis: 'auto', volumeGroups: {}, keepMapped: false },
          mounts: [{ from: '/data', at: '/backup/data', readOnly: false }],
        },
      ],
      copy: { rate: 50, cleanRate: 50, incremental: false, grainSize: 256, waitFor: 'started' },
      ...{
        grade: 'filesystem',
        maxPauseMs: 30_000,
        maxOutageMs: 300_000,
        maxPreparedMs: 600_000,
        withinMs: 600_000,
        attempts: 1,
      },
      verify: { fileSystem: true },
    },
    arrays: [
      {
        array: 'svc-lab',
        system: { id: '1', name: 'svc-lab', codeLevel: '8.6.0.0', vdiskProtection: false },
        vdisks: [
          vdisk('db_data1', 1),
          vdisk('db_data2', 2),
          vdisk('db_copy1', 11),
          vdisk('db_copy2', 12),
        ],
        pools: [{ name: 'pool0', freeBytes: GiB }],
        hosts: ['source1', 'backup1', 'stranger'].map((name, id) => ({
          id: String(id),
          name,
          portCount: 1,
        })),
        hostMaps: [1, 2].map((n) => ({
          ...{ vdiskName: `db_data${n}`, vdiskUid: uid(n), hostName: 'source1', scsiId: n },
        })),
        ...{ mappings: [], groups: [] },
      },
    ],
    sources: [
      {
        ...host('source1'),
        disks: [1, 2].map((n) => ({ uid: uid(n), device: device(n), paths: 2, sizeBytes: GiB })),
        fileSystems: [fileSystem('/data', 'lv_data'), fileSystem('/data/log', 'lv_log')],
        volumeGroups: [
          {
            ...{ name: 'vg_data', uuid: 'vg-uuid-1', physicalVolumes: [uid(1), uid(2)] },
            logicalVolumes: [logicalVolume('lv_data'), logicalVolume('lv_log')],
          },
        ],
      },
    ],
    targets: [
      {
        ...host('backup1'),
        disks: [11, 12].map((n) => ({ uid: uid(n), device: '', paths: 0, sizeBytes: 0 })),
        mountPoints: [{ path: '/backup/data', device: '' }],
      },
    ],
    arrayHosts: (name: string) => ({ 'svc-lab': name }),
    declaredHosts: ['source1', 'backup1', 'spare1'],
  };
}

/** What the target host shows while a former copy is mounted there. */
export function withFormerCopyMounted(facts: Facts): void {
  const [target] = facts.targets;
  const [array] = facts.arrays;
  target!.disks = [11, 12].map((n) => ({
    uid: uid(n),
    device: device(n),
    paths: 2,
    sizeBytes: GiB,
  }));
  target!.fileSystems = [
    {
      ...fileSystem('/backup/data', 'lv_data'),
      device: '/dev/vg_data_copy/lv_data',
      disks: [uid(11), uid(12)],
    },
  ];
  target!.fileSystems[0]!.volumeGroup = 'vg_data_copy';
  target!.volumeGroups = [
    {
      ...{ name: 'vg_data_copy', uuid: 'vg-uuid-2', physicalVolumes: [uid(11), uid(12)] },
      logicalVolumes: [logicalVolume('lv_data'), logicalVolume('lv_log')],
    },
  ];
  target!.mountPoints = [{ path: '/backup/data', device: '/dev/vg_data_copy/lv_data' }];
  array!.hostMaps.push(
    ...[11, 12].map((n) => ({
      vdiskName: `db_copy${n - 10}`,
      vdiskUid: uid(n),
      hostName: 'backup1',
      scsiId: n,
    })),
  );
}
