// Refusals that request and volumes alone give reason for.
import { describe, expect, it } from 'vitest';
import {
  type Row,
  array,
  group,
  source,
  target,
  askedSource,
  askedTarget,
  addMap,
  created,
  both,
  plannedBy,
  describeRefusals,
} from './rows.js';
import { GiB, withFormerRun, type Facts } from './situation.js';

const REQUEST: Row[] = [
  {
    title: 'an array that was not inspected',
    code: 'UNKNOWN_ARRAY',
    field: 'array',
    change: (f) => (f.arrays = []),
  },
  {
    title: 'a host that was not inspected',
    code: 'UNKNOWN_HOST',
    field: 'targets[0].host',
    change: (f) => (f.targets = []),
  },
  {
    ...{
      title: 'a volume copied onto itself',
      code: 'SOURCE_IS_TARGET',
      field: 'volumes[0].target',
    },
    change: (f) => (group(f).volumes[0]!.target = 'db_data1'),
  },
  {
    ...{
      title: 'an application',
      code: 'APPLICATION_NOT_SUPPORTED',
      field: 'sources[0].applications[0]',
    },
    change: (f) => (askedSource(f).applications = ['postgresql']),
  },
  {
    ...{ title: 'waiting for a copy that never ends', code: 'NEVER_COPIED', field: 'copy.rate' },
    change: (f) => (f.request.copy = { ...f.request.copy, waitFor: 'copied', rate: 0 }),
    neighbour: (f) => (f.request.copy = { ...f.request.copy, waitFor: 'copied', rate: 1 }),
  },
  {
    ...{
      title: 'grade application by frozen file systems',
      code: 'GRADE_OUT_OF_REACH',
      field: 'sources[0].method',
    },
    change: both(
      (f) => (f.request.grade = 'application'),
      (f) => (askedSource(f).method = 'quiesce'),
      (f) => (askedSource(f).units = []),
    ),
    neighbour: (f) => (f.request.grade = 'application'),
  },
  {
    ...{
      title: 'source and target on one host',
      code: 'SOURCE_AND_TARGET_ON_ONE_HOST',
      field: 'targets[0].host',
    },
    change: both(
      (f) => (askedTarget(f).host = 'source1'),
      (f) => (target(f).host = 'source1'),
    ),
  },
];

/** 0 and 2: source and target of the first pair. */
const inRemoteCopy = (
  facts: Facts,
  at: 0 | 2,
  of: { readonly role: 'primary' | 'secondary'; readonly active: boolean },
): void => {
  const vdisk = array(facts).vdisks[at]!;
  Object.assign(vdisk, { replicated: true, relationship: 'rc0' });
  const state = of.active ? 'consistent_synchronized' : 'idling';
  array(facts).relationships = [{ volume: vdisk.name, state, ...of }];
};

const VOLUMES: Row[] = [
  {
    ...{
      title: 'a source that does not exist',
      code: 'UNKNOWN_VOLUME',
      field: 'volumes[1].source',
    },
    change: (f) => (group(f).volumes[1]!.source = 'db_dta2'),
  },
  {
    ...{
      title: 'a target that neither exists nor is created',
      code: 'UNKNOWN_VOLUME',
      field: 'volumes[1].target',
    },
    change: both(created, (f) => delete group(f).volumes[1]!.create),
    neighbour: created,
  },
  {
    ...{
      title: 'a target of another size',
      code: 'SIZES_DIFFER',
      field: 'volumes[1].target',
      says: `${GiB} bytes, target ${GiB + 512}`,
    },
    change: (f) => (array(f).vdisks[3]!.capacityBytes += 512),
  },
  {
    ...{ title: 'a source that is offline', code: 'SOURCE_OFFLINE', field: 'volumes[0].source' },
    change: (f) => (array(f).vdisks[0]!.status = 'offline'),
    neighbour: (f) => (array(f).vdisks[0]!.status = 'degraded'),
  },
  {
    ...{ title: 'a target that is offline', code: 'TARGET_OFFLINE', field: 'volumes[0].target' },
    change: (f) => (array(f).vdisks[2]!.status = 'offline'),
    neighbour: both(
      (f) => withFormerRun(f, 'stopped', 40),
      (f) => (array(f).vdisks[2]!.status = 'offline'),
    ),
  },
  {
    ...{ title: 'a target whose pool is offline', code: 'TARGET_OFFLINE' },
    ...{ field: 'volumes[0].target', says: 'its pool pool0 is offline' },
    change: both(
      (f) => withFormerRun(f, 'stopped', 40),
      (f) => (array(f).vdisks[2]!.status = 'offline'),
      (f) => (array(f).pools[0]!.offline = true),
    ),
  },
  {
    ...{ title: 'a source that is a change volume', code: 'REPLICATED_VOLUME' },
    ...{ field: 'volumes[0].source', says: 'the source is a change volume' },
    change: (f) => (array(f).vdisks[0]!.changeVolume = true),
    neighbour: (f) => inRemoteCopy(f, 0, { role: 'primary', active: true }),
  },
  {
    ...{ title: 'a target replicated by a policy', code: 'REPLICATED_VOLUME' },
    ...{ field: 'volumes[0].target', says: 'the target is replicated by a policy' },
    change: (f) => (array(f).vdisks[2]!.replicated = true),
    neighbour: (f) => (array(f).vdisks[0]!.replicated = true),
  },
  {
    ...{ title: 'a target that is the secondary of a remote copy', code: 'REPLICATED_VOLUME' },
    ...{ field: 'volumes[0].target', says: 'the secondary of remote copy rc0' },
    change: (f) => inRemoteCopy(f, 2, { role: 'secondary', active: false }),
    neighbour: (f) => inRemoteCopy(f, 0, { role: 'secondary', active: true }),
  },
  {
    ...{ title: 'a target that is the primary of an active remote copy' },
    ...{ code: 'REPLICATED_VOLUME', field: 'volumes[0].target', says: 'stop the relationship' },
    change: (f) => inRemoteCopy(f, 2, { role: 'primary', active: true }),
    neighbour: (f) => inRemoteCopy(f, 2, { role: 'primary', active: false }),
  },
  {
    ...{ title: 'a target in a remote copy that nobody can read', code: 'REPLICATED_VOLUME' },
    ...{ field: 'volumes[0].target', says: 'could not be read' },
    change: both(
      (f) => inRemoteCopy(f, 2, { role: 'primary', active: false }),
      (f) => (array(f).relationships = []),
    ),
  },
  {
    ...{ title: 'a source with snapshots of the array', code: 'VOLUME_HAS_SNAPSHOTS' },
    ...{ field: 'volumes[0].source', says: 'volume db_data1 has snapshot hourly_1, hourly_2' },
    change: both(
      (f) => (array(f).vdisks[0]!.snapshotCount = 2),
      (f) =>
        (array(f).snapshotsOf = ['hourly_1', 'hourly_2'].map((snapshot) => ({
          volume: 'db_data1',
          snapshot,
        }))),
    ),
  },
  {
    ...{ title: 'a target with snapshots of the array', code: 'VOLUME_HAS_SNAPSHOTS' },
    ...{ field: 'volumes[0].target', says: 'volume db_copy1 has 1 snapshots' },
    change: (f) => (array(f).vdisks[2]!.snapshotCount = 1),
  },
  {
    ...{ title: 'a copy rate that the level does not have', code: 'RATE_NOT_SUPPORTED' },
    ...{ field: 'copy.rate', says: 'rates up to 100' },
    change: both(
      (f) => (f.request.copy.rate = 110),
      (f) => (array(f).system.codeLevel = '7.8.0.2 (build 1.2.3)'),
    ),
    neighbour: both(
      (f) => (f.request.copy.rate = 150),
      (f) => (array(f).system.codeLevel = '7.8.1.0 (build 1.2.3)'),
    ),
  },
  {
    ...{ title: 'a clean rate that the level does not have', code: 'RATE_NOT_SUPPORTED' },
    field: 'copy.cleanRate',
    change: both(
      (f) => (f.request.copy.cleanRate = 101),
      (f) => (array(f).system.codeLevel = '7.6.1.4'),
    ),
  },
  {
    ...{ title: 'a pool without room behind it', code: 'POOL_FULL' },
    ...{ field: 'volumes[1].create.pool', says: `${GiB - 1} are physically free` },
    change: both(created, (f) => (array(f).pools[0]!.physicalFreeBytes = GiB - 1)),
    neighbour: both(created, (f) => (array(f).pools[0]!.physicalFreeBytes = GiB)),
  },
  {
    ...{
      title: 'a pool that does not exist',
      code: 'UNKNOWN_POOL',
      field: 'volumes[1].create.pool',
    },
    change: both(created, (f) => (array(f).pools[0]!.name = 'pool1')),
    neighbour: created,
  },
  {
    ...{ title: 'a pool without room', code: 'POOL_FULL', field: 'volumes[1].create.pool' },
    change: both(created, (f) => (array(f).pools[0]!.freeBytes -= 1)),
    neighbour: created,
  },
];

describeRefusals('the request', REQUEST);
describeRefusals('the volumes', VOLUMES);

describe('planCopy', () => {
  it('collects every refusal, not only the first', () => {
    const planned = plannedBy((facts) => {
      source(facts).privileged = false;
      array(facts).vdisks[3]!.capacityBytes += 512;
      array(facts).vdisks[2]!.status = 'offline';
      array(facts).vdisks[0]!.snapshotCount = 1;
      addMap(facts, 11, 'stranger');
    });
    const codes = 'refusals' in planned ? planned.refusals.map(({ code }) => code) : [];
    expect(codes).toEqual([
      ...['SIZES_DIFFER', 'TARGET_OFFLINE', 'VOLUME_HAS_SNAPSHOTS'],
      ...['TARGET_MAPPED_ELSEWHERE', 'NOT_PRIVILEGED'],
    ]);
  });

  it('refuses an approval that belongs to another plan, and takes the one of this', () => {
    const planned = plannedBy();
    const hash = 'plan' in planned ? planned.plan.hash : '';
    expect(plannedBy((facts) => (facts.request.approval = hash))).toHaveProperty('plan');
    const refused = plannedBy((facts) => (facts.request.approval = '0123456789abcdef'));
    expect(refused).toMatchObject({ refusals: [{ code: 'PLAN_NOT_APPROVED', field: 'approval' }] });
  });

  it('does not refuse a copy of its own set that still runs', () => {
    const planned = plannedBy((facts) => withFormerRun(facts, 'copying', 20));
    expect(planned).toHaveProperty('plan');
  });

  it('needs no source host for a copy of grade crash of volumes nobody uses', () => {
    const unused = (facts: Facts) => {
      facts.request.sources = [];
      facts.sources = [];
      array(facts).hostMaps = [];
      askedTarget(facts).mounts = [];
    };
    expect(plannedBy(both(unused, (facts) => (facts.request.grade = 'crash')))).toHaveProperty(
      'plan',
    );
    expect(plannedBy(unused)).toMatchObject({ refusals: [{ code: 'GRADE_OUT_OF_REACH' }] });
  });
});
