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
    title: 'a replicated source',
    code: 'REPLICATED_VOLUME',
    field: 'volumes[0].source',
    change: (f) => (array(f).vdisks[0]!.replicated = true),
  },
  {
    title: 'a replicated target',
    code: 'REPLICATED_VOLUME',
    field: 'volumes[0].target',
    change: (f) => (array(f).vdisks[2]!.replicated = true),
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
      addMap(facts, 11, 'stranger');
    });
    const codes = 'refusals' in planned ? planned.refusals.map(({ code }) => code) : [];
    expect(codes).toEqual(['SIZES_DIFFER', 'TARGET_MAPPED_ELSEWHERE', 'NOT_PRIVILEGED']);
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
