// Refusals for what stands on the array already.
import {
  type Row,
  array,
  group,
  created,
  ours,
  oneMapping,
  both,
  describeRefusals,
} from './rows.js';
import { mapping, uid, withFormerRun } from './situation.js';

/** A stand-alone mapping of the first pair, named to be taken over. */
const adopting = both(oneMapping({ group: '', grainSize: 256 }), (f) => {
  group(f).volumes[0]!.adopt = 'fc_db_copy1';
});

const MAPPINGS: Row[] = [
  {
    ...{
      title: 'a target that nobody confirmed',
      code: 'TARGET_NOT_CONFIRMED',
      field: 'volumes[0].target',
      says: uid(11),
    },
    change: (f) => delete group(f).volumes[0]!.overwrite,
  },
  {
    ...{
      title: "a target that was this set's own under another source",
      code: 'TARGET_OF_ANOTHER_MAPPING',
      field: 'volumes[0].target',
    },
    change: both(
      ours,
      (f) => (group(f).volumes[0]!.overwrite = uid(11)),
      (f) => (array(f).mappings[0]!.source = 'db_old'),
    ),
    neighbour: both(ours, (f) => (group(f).volumes[0]!.overwrite = uid(11))),
  },
  {
    ...{
      title: 'the UID of another volume',
      code: 'OVERWRITE_UID_WRONG',
      field: 'volumes[0].overwrite',
      says: uid(11),
    },
    change: (f) => (group(f).volumes[0]!.overwrite = uid(12)),
  },
  {
    ...{
      title: 'the UID of a volume that is gone',
      code: 'OVERWRITE_UID_WRONG',
      field: 'volumes[1].overwrite',
    },
    change: both(created, (f) => (group(f).volumes[1]!.overwrite = uid(12))),
    neighbour: created,
  },
  {
    ...{
      title: 'a mapping in a group of others',
      code: 'GROUP_OF_OTHERS',
      field: 'volumes[0].target',
    },
    change: both(
      ours,
      (f) => (group(f).volumes[0]!.overwrite = uid(11)),
      (f) => (array(f).mappings[0]!.group = 'weekly_abc123'),
    ),
    neighbour: both(ours, (f) => (group(f).volumes[0]!.overwrite = uid(11))),
  },
  {
    ...{
      title: 'a stand-alone mapping of the pair',
      code: 'GROUP_OF_OTHERS',
      field: 'volumes[0].target',
      says: 'no group',
    },
    change: oneMapping({ group: '' }),
  },
  {
    ...{
      title: 'a pair the other way round',
      code: 'DIRECTION_REVERSED',
      field: 'volumes[0].source',
    },
    change: oneMapping({ source: 'db_copy1', target: 'db_data1', name: 'back', group: '' }),
  },
  {
    ...{
      title: "a source that is a target of this set's",
      code: 'DIRECTION_REVERSED',
      field: 'volumes[0].source',
    },
    change: oneMapping({ source: 'gold', target: 'db_data1', name: 'fc_db_data1' }),
    neighbour: oneMapping({
      source: 'gold',
      target: 'db_data1',
      name: 'fc_db_data1',
      group: 'weekly_abc123',
    }),
  },
  {
    ...{
      title: 'a source that is an unfinished target of others',
      code: 'SOURCE_NOT_READABLE',
      field: 'volumes[0].source',
    },
    change: oneMapping({
      source: 'gold',
      target: 'db_data1',
      name: 'gold',
      group: '',
      state: 'stopped',
    }),
    neighbour: oneMapping({
      source: 'gold',
      target: 'db_data1',
      name: 'gold',
      group: '',
      state: 'copying',
    }),
  },
  {
    ...{
      title: 'a target others copy from',
      code: 'TARGET_IS_A_SOURCE',
      field: 'volumes[0].target',
    },
    change: oneMapping({
      source: 'db_copy1',
      target: 'dev',
      name: 'dev',
      group: '',
      state: 'copying',
    }),
    neighbour: oneMapping({
      source: 'db_copy1',
      target: 'dev',
      name: 'dev',
      group: '',
      state: 'idle_or_copied',
    }),
  },
  {
    ...{
      title: 'a mapping controlled by replication',
      code: 'REPLICATION_CONTROLLED',
      field: 'volumes[0].target',
    },
    change: both(ours, (f) => (array(f).mappings[0]!.replicationControlled = true)),
    neighbour: ours,
  },
  {
    ...{ title: 'a mapping controlled by replication that leads elsewhere, in no way' },
    ...{ code: 'REPLICATION_CONTROLLED', field: 'volumes[0].target' },
    change: both(ours, (f) => (array(f).mappings[0]!.replicationControlled = true)),
    neighbour: (f) => {
      // The change volumes of a source, one of them in the very state that a cascade must not have.
      array(f).mappings = Array.from({ length: 256 }, (_, n) =>
        mapping({
          ...{ name: `fcmap${n}`, source: 'db_data1', target: `cv${n}`, group: '' },
          ...{ state: 'stopped', replicationControlled: true },
        }),
      );
      array(f).mappings.push(
        mapping({
          ...{ name: 'back', source: 'cv0', target: 'db_data1', group: 'nightly_abc123' },
          ...{ state: 'stopped', replicationControlled: true },
        }),
        mapping({
          ...{ name: 'on', source: 'db_copy1', target: 'cv9', group: '' },
          ...{ state: 'copying', replicationControlled: true },
        }),
      );
    },
  },
  {
    ...{ title: 'a mapping that takes its source offline', code: 'MAPPING_KEEPS_TARGET' },
    field: 'volumes[0].adopt',
    change: both(adopting, (f) => (array(f).mappings[0]!.keepsTarget = true)),
    neighbour: adopting,
  },
  {
    ...{ title: 'a mapping that restores', code: 'RESTORING', field: 'volumes[0].target' },
    change: both(ours, (f) => (array(f).mappings[0]!.restoring = true)),
    neighbour: ours,
  },
  {
    ...{ title: 'a mapping made otherwise', code: 'MAPPING_DIFFERS', field: 'copy.incremental' },
    change: both(ours, (f) => array(f).mappings.forEach((one) => (one.incremental = true))),
    neighbour: both(
      ours,
      (f) => array(f).mappings.forEach((one) => (one.incremental = true)),
      (f) => (f.request.copy.incremental = true),
    ),
  },
  {
    ...{
      title: 'a name that another mapping has',
      code: 'MAPPING_NAME_TAKEN',
      field: 'volumes[0].target',
    },
    change: oneMapping({ source: 'db_data1', target: 'elsewhere', group: '', name: 'fc_db_copy1' }),
    neighbour: oneMapping({ source: 'db_data1', target: 'elsewhere', group: '', name: 'another' }),
  },
  {
    ...{ title: 'a set in two groups', code: 'SET_IN_SEVERAL_GROUPS', field: 'array' },
    change: both(ours, (f) => (array(f).mappings[1]!.group = 'nightly_zzz999')),
    neighbour: ours,
  },
  {
    ...{
      title: 'a group that holds a pair nobody asked for',
      code: 'GROUP_HOLDS_MORE',
      field: 'volumes',
    },
    change: both(ours, (f) =>
      array(f).mappings.push(mapping({ name: 'fc_x', source: 'x', target: 'y' })),
    ),
    neighbour: both(ours, (f) =>
      array(f).mappings.push(
        mapping({ name: 'fc_x', source: 'x', target: 'y', group: 'nightly_other1' }),
      ),
    ),
  },
  {
    ...{ title: 'a new pair for a group that copies', code: 'GROUP_BUSY', field: 'volumes' },
    change: both(
      (f) => withFormerRun(f, 'copying', 20),
      (f) => (group(f).volumes[1]!.overwrite = uid(12)),
      (f) => array(f).mappings.pop(),
    ),
    neighbour: both(
      ours,
      (f) => (group(f).volumes[1]!.overwrite = uid(12)),
      (f) => array(f).mappings.pop(),
    ),
  },
];

describeRefusals('mappings and groups', MAPPINGS);
