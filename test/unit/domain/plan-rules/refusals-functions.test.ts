// Refusals for dependents, adoption, restores, several targets and the limits of the array.
import {
  type Change,
  type Row,
  array,
  askedTarget,
  both,
  created,
  describeRefusals,
  group,
  oneMapping,
} from './rows.js';
import { host, mapping, uid } from './situation.js';

const dependent = (changes: Parameters<typeof mapping>[0] = {}): Change =>
  oneMapping({
    source: 'db_copy1',
    target: 'dev',
    name: 'dev',
    group: '',
    state: 'copying',
    progressPercent: 40,
    ...changes,
  });
const asks =
  (dependents: 'keep' | 'stop' | 'split'): Change =>
  (f) =>
    (f.request.copy.dependents = dependents);
const adopts =
  (name: string): Change =>
  (f) =>
    (group(f).volumes[0]!.adopt = name);
const byHand = (changes: Parameters<typeof mapping>[0] = {}): Change =>
  oneMapping({ name: 'byhand', group: '', ...changes });
/** Targets are what was copied from: db_data1 and db_data2 hold copies of db_copy1 and db_copy2. */
const restore =
  (changes: Parameters<typeof mapping>[0] = {}): Change =>
  (f) => {
    f.request.copy.kind = 'restore';
    // The host shows nothing of what it had: refused unless asked for.
    f.request.targets[0]!.synthesis = 'keep';
    array(f).mappings = [1, 2].map((n) =>
      mapping({
        name: `fwd${n}`,
        group: 'gold_abc123',
        source: `db_copy${n}`,
        target: `db_data${n}`,
        ...changes,
      }),
    );
  };
const secondTarget =
  (hostOf: (n: number) => string | undefined): Change =>
  (f) => {
    group(f).volumes[1] = { source: 'db_data1', target: 'db_copy2', overwrite: uid(12) };
    const one = {
      ...f.sources[0]!.fileSystems[0]!,
      disks: [uid(1)],
      volumeGroup: '',
      device: f.sources[0]!.disks[0]!.device,
    };
    f.sources[0]!.volumeGroups = [];
    f.sources[0]!.fileSystems = [one];
    f.request.targets.push({ ...structuredClone(askedTarget(f)), host: 'spare1' });
    f.targets.push(host('spare1'));
    array(f).hosts.push({ id: '9', name: 'spare1', portCount: 1 });
    group(f).volumes.forEach((volume, n) => {
      const name = hostOf(n);
      if (name !== undefined) volume.host = name;
    });
  };
const manyTargets =
  (count: number): Change =>
  (f) => {
    array(f).mappings = Array.from({ length: count }, (_, n) =>
      mapping({ name: `m${n}`, source: 'db_data1', target: `t${n}`, group: '', state: 'copying' }),
    );
  };
const bitmaps =
  (bitmapFreeBytes: number): Change =>
  (f) =>
    (array(f).ioGroups = [{ name: 'io_grp0', bitmapFreeBytes }]);

const ROWS: Row[] = [
  {
    ...{
      title: 'to split off a dependent that is not complete',
      code: 'TARGET_IS_A_SOURCE',
      field: 'volumes[0].target',
    },
    change: both(dependent(), asks('split')),
    neighbour: both(dependent({ progressPercent: 100 }), asks('split')),
  },
  {
    ...{
      title: 'a dependent that is being taken right now',
      code: 'TARGET_IS_A_SOURCE',
      field: 'volumes[0].target',
    },
    change: both(dependent({ state: 'prepared' }), asks('keep')),
    neighbour: both(dependent(), asks('keep')),
  },
  {
    ...{
      title: 'to stop a group that also holds what does not depend',
      code: 'DEPENDENT_IN_GROUP',
      field: 'copy.dependents',
    },
    change: both(dependent({ group: 'dev_abc123' }), asks('stop'), (f) =>
      array(f).mappings.push(
        mapping({ name: 'by', source: 'x', target: 'y', group: 'dev_abc123', state: 'copying' }),
      ),
    ),
    neighbour: both(dependent({ group: 'dev_abc123' }), asks('stop')),
  },
  {
    ...{
      title: 'to adopt a mapping that is not there',
      code: 'ADOPT_NOT_FOUND',
      field: 'volumes[0].adopt',
    },
    change: adopts('byhand'),
    neighbour: both(byHand(), adopts('byhand')),
  },
  {
    ...{ title: 'to adopt a mapping that is busy', code: 'ADOPT_BUSY', field: 'volumes[0].adopt' },
    change: both(byHand({ state: 'copying' }), adopts('byhand')),
    neighbour: both(byHand({ state: 'stopped' }), adopts('byhand')),
  },
  {
    ...{
      title: 'to adopt a mapping of another grain',
      code: 'MAPPING_DIFFERS',
      field: 'copy.grainSize',
    },
    change: both(byHand({ grainSize: 64 }), adopts('byhand')),
    neighbour: both(byHand({ grainSize: 256 }), adopts('byhand')),
  },
  {
    ...{
      title: 'to restore a copy that was never started',
      code: 'COPY_NOT_READABLE',
      field: 'volumes[0].source',
    },
    change: restore({ startTime: '' }),
    neighbour: restore(),
  },
  {
    ...{
      title: 'to copy backwards without saying restore',
      code: 'DIRECTION_REVERSED',
      field: 'volumes[0].source',
    },
    change: both(restore(), (f) => (f.request.copy.kind = 'mapping')),
    neighbour: restore(),
  },
  {
    ...{
      title: 'two copies of one source on one host',
      code: 'SOURCE_TWICE_ON_HOST',
      field: 'volumes[1].host',
    },
    change: secondTarget(() => 'backup1'),
    neighbour: secondTarget((n) => (n === 0 ? 'backup1' : 'spare1')),
  },
  {
    ...{
      title: 'a target for a host that is not asked for',
      code: 'UNKNOWN_TARGET_HOST',
      field: 'volumes[0].host',
    },
    change: (f) => (group(f).volumes[0]!.host = 'spare1'),
    neighbour: (f) => group(f).volumes.forEach((volume) => (volume.host = 'backup1')),
  },
  {
    ...{
      title: 'more targets of a source than an array bears',
      code: 'TOO_MANY_TARGETS',
      field: 'volumes[0].source',
      says: '257',
    },
    change: manyTargets(256),
    neighbour: manyTargets(255),
  },
  {
    // 1 GiB in 256 KiB grains is 4096 bits.
    ...{
      title: 'mappings beyond the bitmap memory',
      code: 'BITMAP_MEMORY_FULL',
      field: 'volumes[1].target',
      says: '1024',
    },
    change: bitmaps(1023),
    neighbour: bitmaps(1024),
  },
  {
    ...{
      title: 'incremental mappings beyond it: they need twice as much',
      code: 'BITMAP_MEMORY_FULL',
      field: 'volumes[0].target',
    },
    change: both(bitmaps(1023), (f) => (f.request.copy.incremental = true)),
    neighbour: both(bitmaps(2048), (f) => (f.request.copy.incremental = true)),
  },
  {
    ...{
      title: 'a thin target that the background copy would fill',
      code: 'POOL_FULL',
      field: 'volumes[1].create.pool',
    },
    change: both(created, (f) => {
      array(f).pools[0]!.freeBytes = 2 ** 29;
      group(f).volumes[1]!.create = { pool: 'pool0', thin: { realPercent: 2 } };
    }),
    neighbour: both(created, (f) => {
      array(f).pools[0]!.freeBytes = 2 ** 29;
      group(f).volumes[1]!.create = { pool: 'pool0', thin: { realPercent: 2 } };
      f.request.copy.rate = 0;
    }),
  },
];

describeRefusals('functions of FlashCopy', ROWS);
