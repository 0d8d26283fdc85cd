// What the plan holds for the functions of FlashCopy, and how large it is for the largest group.
import { describe, expect, it } from 'vitest';
import { planCopy, requirePlan } from '../../../../src/domain/plan-rules/plan-copy.js';
import { isGroupOfSet, buildGroupName, groupPrefix } from '../../../../src/domain/names.js';
import { askedTarget, array, group, source } from './rows.js';
import {
  GiB,
  mapping,
  soundSituation,
  uid,
  withFormerCopyMounted,
  withFormerRun,
  type Facts,
} from './situation.js';

const planOf = (...changes: ((facts: Facts) => unknown)[]) => {
  const facts = soundSituation();
  for (const change of changes) change(facts);
  return requirePlan(planCopy(facts));
};

describe('the plan', () => {
  it('maps a target under the SCSI id its host knows it by', () => {
    const plan = planOf((facts) => withFormerRun(facts, 'idle_or_copied'), withFormerCopyMounted);
    expect(plan.targets[0]!.presentations.map(({ scsiId }) => scsiId)).toEqual([11, 12]);
    expect(planOf().targets[0]!.presentations[0]).not.toHaveProperty('scsiId');
  });

  it('prepares and starts with -restore where dependents go on, and stops them where asked', () => {
    const dependent = mapping({
      source: 'db_copy1',
      target: 'dev',
      name: 'dev',
      group: '',
      state: 'copying',
    });
    const ask = (dependents: 'keep' | 'stop') => (facts: Facts) => {
      array(facts).mappings = [dependent];
      facts.request.copy.dependents = dependents;
    };
    expect(planOf(ask('keep')).groups[0]).toMatchObject({ restore: true });
    const stop = planOf(ask('stop'));
    expect(stop.groups[0]).toMatchObject({
      stop: 'force',
      stopFirst: [{ mapping: 'dev', group: '' }],
    });
    expect(stop.groups[0]).not.toHaveProperty('restore');
    expect(stop.losses.join()).toContain('dev');
  });

  it('changes its hash with what becomes of dependents: an approval is for that', () => {
    const keep = planOf((facts) => (facts.request.copy.dependents = 'keep'));
    expect(keep.hash).not.toBe(planOf().hash);
  });

  it('of 512 mappings stays below 200 KB as JSON', () => {
    const plan = planOf((facts) => {
      const numbers = Array.from({ length: 512 }, (_, n) => n + 1);
      const volume = (name: string, n: number) => ({
        ...array(facts).vdisks[0]!,
        name,
        id: String(n),
        uid: uid(n),
      });
      array(facts).vdisks = numbers.flatMap((n) => [
        volume(`db_data${n}`, n),
        volume(`db_copy${n}`, n + 1000),
      ]);
      array(facts).hostMaps = numbers.map((n) => ({
        ...{ vdiskName: `db_data${n}`, vdiskUid: uid(n), hostName: 'source1', scsiId: n },
      }));
      group(facts).volumes = numbers.map((n) => ({
        ...{ source: `db_data${n}`, target: `db_copy${n}`, overwrite: uid(n + 1000) },
      }));
      const uids = numbers.map(uid);
      source(facts).disks = uids.map((one) => ({
        uid: one,
        device: `/dev/mapper/3${one}`,
        paths: 2,
        sizeBytes: GiB,
      }));
      source(facts).volumeGroups[0]!.physicalVolumes = uids;
      source(facts).fileSystems = [{ ...source(facts).fileSystems[0]!, disks: uids }];
      askedTarget(facts).mounts = [{ from: '/data', at: '/backup/data', readOnly: false }];
    });
    expect(plan.groups[0]!.mappings).toHaveLength(512);
    expect(JSON.stringify(plan).length).toBeLessThan(200_000);
  });
});

describe('the name of a group', () => {
  it('tells sets apart whose names begin alike', () => {
    const [one, other] = ['production-nightly', 'production-weekly'];
    expect(groupPrefix(one)).not.toBe(groupPrefix(other));
    expect(isGroupOfSet(buildGroupName(one, 'k3x9qa'), other)).toBe(false);
    expect(isGroupOfSet(buildGroupName(one, 'k3x9qa'), one)).toBe(true);
  });

  it('is the set itself where that is short, and never longer than the array takes', () => {
    expect(buildGroupName('nightly', 'k3x9qa')).toBe('nightly_k3x9qa');
    expect(buildGroupName('a'.repeat(63), 'k3x9qa')).toHaveLength(15);
  });
});
