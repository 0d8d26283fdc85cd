// What the plan holds: orders of mounts, what is let go, names on the target, losses, and a hash that is the situation's.
import { describe, expect, it } from 'vitest';
import { refusalLine } from '../../../../src/domain/errors.js';
import { planCopy, requirePlan } from '../../../../src/domain/plan-rules/plan-copy.js';
import { fnv1a64 } from '../../../../src/domain/fnv.js';
import { canonicalJson } from '../../../../src/domain/plan-rules/hash.js';
import type { Plan } from '../../../../src/domain/plan.js';
import {
  fileSystem,
  GiB,
  logicalVolume,
  soundSituation,
  uid,
  withFormerCopyMounted,
  withFormerRun,
  type Facts,
} from './situation.js';

function planOf(...changes: ((facts: Facts) => unknown)[]): Plan {
  const facts = soundSituation();
  for (const change of changes) change(facts);
  return requirePlan(planCopy(facts));
}

const quiesced = (facts: Facts) =>
  Object.assign(facts.request.sources[0]!, { method: 'quiesce', units: [] });

describe('the time of the background copy', () => {
  const large = (facts: Facts): void => {
    for (const vdisk of facts.arrays[0]!.vdisks) vdisk.capacityBytes = 250e9;
  };
  const notes = (plan: Plan): string[] => plan.losses.filter((line) => line.startsWith('time:'));

  it('stands in the plan: 250 GB at copy rate 50, which is 2 MiB/s, take 33 h', () => {
    const plan = planOf(large);
    expect(plan.groups[0]!.expectedCopyMs).toBeCloseTo((250e9 / 2 ** 21) * 1_000, -1);
    expect(plan.lines.at(-1)).toContain('about 33 h at copy rate 50 (2 MiB/s for each mapping)');
    expect(notes(plan)).toEqual([
      'time: the background copy takes about 33 h at copy rate 50; until then the copy needs its source: raise copy.rate',
    ]);
  });

  it('is a warning of its own where the run waits for it', () => {
    const plan = planOf(large, (facts) => (facts.request.copy.waitFor = 'copied'));
    expect(notes(plan)[0]).toContain('the run waits for it, and keeps its targets locked');
  });

  it.each([
    [10, 2 ** 17],
    [11, 2 ** 18],
    [50, 2 ** 21],
    [100, 2 ** 26],
    [101, 2 ** 27],
    [150, 2 ** 31],
  ])('at rate %i follows from %i bytes a second', (rate, bytes) => {
    const plan = planOf((facts) => (facts.request.copy.rate = rate));
    expect(plan.groups[0]!.expectedCopyMs).toBe(Math.ceil((GiB / bytes) * 1_000));
    expect(notes(plan)).toEqual([]);
  });

  it('is never with rate 0', () => {
    const plan = planOf((facts) => (facts.request.copy.rate = 0));
    expect(plan.groups[0]).not.toHaveProperty('expectedCopyMs');
  });
});

describe('the plan of a first copy', () => {
  it('makes a group of its own name and mappings in it', () => {
    const [group] = planOf().groups;
    expect(group).toMatchObject({
      array: 'svc-lab',
      name: 'nightly_k3x9qa',
      copyRate: 50,
      grainSize: 256,
    });
    expect(group).not.toHaveProperty('existing');
    expect(group!.mappings[1]).toEqual({
      name: 'fc_db_copy2',
      source: { name: 'db_data2', uid: uid(2), capacityBytes: GiB },
      target: { name: 'db_copy2', uid: uid(12) },
    });
  });

  it('makes nested mounts still before the ones around them, and mounts the copy the other way round', () => {
    const plan = planOf((facts) =>
      facts.request.targets[0]!.mounts.unshift({
        from: '/data/log',
        at: '/backup/data/log',
        readOnly: true,
      }),
    );
    expect(plan.sources[0]!.mounts.map(({ mountPoint }) => mountPoint)).toEqual([
      '/data/log',
      '/data',
    ]);
    expect(plan.targets[0]!.fileSystems.map(({ at, readOnly }) => [at, readOnly])).toEqual([
      ['/backup/data', false],
      ['/backup/data/log', true],
    ]);
  });

  it('gives the holder of a freeze a margin over maxPause, and the one of an unmount maxOutage', () => {
    expect(planOf(quiesced).sources[0]!.deadlineMs).toBeGreaterThan(30_000);
    expect(planOf().sources[0]!.deadlineMs).toBe(300_000);
  });

  it('hands the mount unit on to the source host', () => {
    const plan = planOf(
      (facts) => (facts.sources[0]!.fileSystems[0]!.managedBy = 'systemd:data.mount'),
    );
    expect(plan.sources[0]!.mounts[1]).toMatchObject({ mountPoint: '/data', unit: 'data.mount' });
  });

  it('names volume group and devices on the target host, and gives what is not mounted an identity too', () => {
    const plan = planOf((facts) =>
      facts.sources[0]!.volumeGroups[0]!.logicalVolumes.push(logicalVolume('lv_idle')),
    );
    const [target] = plan.targets;
    expect(target!.volumeGroups).toEqual([
      {
        sourceName: 'vg_data',
        sourceUuid: 'vg-uuid-1',
        name: 'vg_data_copy',
        disks: [uid(11), uid(12)],
      },
    ]);
    expect(target!.fileSystems.map(({ from, at, device }) => ({ from, at, device }))).toEqual([
      { from: '/data/log', at: '', device: '/dev/vg_data_copy/lv_log' },
      { from: '', at: '', device: '/dev/vg_data_copy/lv_idle' },
      { from: '/data', at: '/backup/data', device: '/dev/vg_data_copy/lv_data' },
    ]);
  });

  it('takes the name a request gives the volume group, and with synthesis keep the one it has', () => {
    const named = planOf(
      (facts) => (facts.request.targets[0]!.volumeGroups = { vg_data: 'vg_backup' }),
    );
    expect(named.targets[0]!.fileSystems.at(-1)!.device).toBe('/dev/vg_backup/lv_data');
    const kept = planOf((facts) => (facts.request.targets[0]!.synthesis = 'keep'));
    expect(kept.targets[0]!.fileSystems.at(-1)!.device).toBe('/dev/vg_data/lv_data');
  });

  it('names a file system on a disk itself by the UID of its target', () => {
    const plan = planOf((facts) => {
      facts.sources[0]!.volumeGroups = [];
      facts.sources[0]!.fileSystems = [1, 2].map((n) => ({
        ...fileSystem(n === 1 ? '/data' : '/web', ''),
        ...{ device: facts.sources[0]!.disks[n - 1]!.device, disks: [uid(n)], volumeGroup: '' },
      }));
    });
    expect(plan.targets[0]!.fileSystems.at(-1)).toMatchObject({
      from: '/data',
      device: `uid:${uid(11)}`,
    });
  });

  it('keeps created targets apart until they have UIDs', () => {
    const plan = planOf((facts) => {
      facts.arrays[0]!.vdisks.splice(2);
      facts.arrays[0]!.pools[0]!.freeBytes = 2 * GiB;
      facts.request.groups[0]!.volumes = [1, 2].map((n) => ({
        ...{ source: `db_data${n}`, target: `db_copy${n}`, create: { pool: 'pool0' } },
      }));
    });
    expect(plan.groups[0]!.mappings[0]).toMatchObject({
      target: { uid: '' },
      source: { capacityBytes: GiB },
      createTarget: { pool: 'pool0' },
    });
    const uids = plan.targets[0]!.presentations.map((presentation) => presentation.uid);
    expect(uids).toEqual(['new:svc-lab/db_copy1', 'new:svc-lab/db_copy2']);
    expect(plan.targets[0]!.volumeGroups[0]!.disks).toEqual(uids);
    expect(plan.losses).toEqual([]);
  });
});

describe('the plan of a later copy', () => {
  it('takes over the group and mappings of the former run', () => {
    const [group] = planOf((facts) => withFormerRun(facts, 'stopped')).groups;
    expect(group!.existing).toEqual({ name: 'nightly_abc123', state: 'stopped' });
    expect(group!.mappings[0]!.existing).toEqual({
      group: 'nightly_abc123',
      state: 'stopped',
      startTime: '261123020000',
    });
  });

  it('lets go of all that stands on the targets', () => {
    const plan = planOf((facts) => withFormerRun(facts, 'idle_or_copied'), withFormerCopyMounted);
    expect(plan.targets[0]!.release).toEqual({
      mounts: ['/backup/data'],
      volumeGroups: ['vg_data_copy'],
      uids: [uid(11), uid(12)],
    });
    expect(plan.lines).toContain('backup1: unmount /backup/data');
  });

  it('says that a refresh of a copy under 100 % copies everything again', () => {
    const plan = planOf(
      (facts) => withFormerRun(facts, 'copying', 20),
      (facts) => facts.arrays[0]!.mappings.forEach((mapping) => (mapping.incremental = true)),
      (facts) => (facts.request.copy.incremental = true),
    );
    expect(plan.losses[0]).toMatch(/under 100 %.*copies everything again/);
    expect(plan.lines).toContain('svc-lab: stop group nightly_k3x9qa, which is copying');
  });

  it('says what the overwrite of a confirmed volume loses, and warns of volume protection', () => {
    const plan = planOf((facts) => (facts.arrays[0]!.system.vdiskProtection = true));
    expect(plan.losses[0]).toBe('all data on db_copy1, db_copy2 (svc-lab), as confirmed by UID');
    expect(plan.losses.at(-1)).toContain('volume protection');
  });
});

describe('the lines of a plan', () => {
  it('name every action in the order of the procedure', () => {
    const kept = [
      'create group',
      'create 2 mappings',
      'unmap',
      'flush',
      'prepare',
      'stop db.service',
      'start group',
    ];
    const after = [
      'start db.service',
      ' map db_copy1',
      'find',
      'new identity',
      'new UUID',
      'mount /dev',
      'look for',
      'goes on',
    ];
    const { lines } = planOf();
    const at = [...kept, ...after].map((word) => lines.findIndex((line) => line.includes(word)));
    expect(at).not.toContain(-1);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    for (const line of lines) expect(line).not.toContain('\n');
  });

  it('say one line for all mappings of a group, so that 512 stay readable and small', () => {
    const plan = planOf((facts) => {
      const [array] = facts.arrays;
      const volumes = Array.from({ length: 510 }, (_, n) => n + 100);
      for (const n of volumes) {
        for (const [name, id] of [
          [`s${n}`, n],
          [`t${n}`, n + 1000],
        ] as const)
          array!.vdisks.push({ ...array!.vdisks[0]!, name, uid: uid(id) });
        facts.request.groups[0]!.volumes.push({
          source: `s${n}`,
          target: `t${n}`,
          overwrite: uid(n + 1000),
        });
        facts.sources[0]!.disks.push({
          uid: uid(n),
          device: `/dev/mapper/${n}`,
          paths: 2,
          sizeBytes: GiB,
        });
        facts.sources[0]!.volumeGroups[0]!.physicalVolumes.push(uid(n));
      }
    });
    expect(plan.groups[0]!.mappings).toHaveLength(512);
    expect(plan.lines.length).toBe(planOf().lines.length);
    // Groups and presentations are names, UIDs and sizes; Temporal warns from 512 KiB.
    expect(JSON.stringify(plan).length).toBeLessThan(300_000);
  });
});

describe('the hash of a plan', () => {
  it('is the same for the same situation, whatever the token', () => {
    const other = planOf((facts) => (facts.token = 'zzzzzz'));
    expect(other.lines).not.toEqual(planOf().lines);
    expect(other.hash).toBe(planOf().hash);
    expect(other.hash).toMatch(/^[0-9a-f]{16}$/);
  });

  it('does not depend on how far a running copy has got', () => {
    const at = (percent: number) =>
      planOf((facts) => withFormerRun(facts, 'copying', percent)).hash;
    expect(at(20)).toBe(at(21));
  });

  it.each<[string, (facts: Facts) => unknown]>([
    [
      'a target UID',
      (facts) => {
        facts.arrays[0]!.vdisks[2]!.uid = uid(99);
        facts.request.groups[0]!.volumes[0]!.overwrite = uid(99);
      },
    ],
    ['a mount point', (facts) => (facts.request.targets[0]!.mounts[0]!.at = '/elsewhere')],
    ['the method', quiesced],
    ['a unit', (facts) => facts.request.sources[0]!.units.push('web.service')],
    ['the copy rate', (facts) => (facts.request.copy.rate = 60)],
    ['what is lost', (facts) => withFormerCopyMounted(facts)],
    ['the longest outage', (facts) => (facts.request.maxOutageMs += 1)],
  ])('changes with %s', (_, change) => {
    expect(planOf(change).hash).not.toBe(planOf().hash);
  });

  it('is FNV-1a over sorted keys', () => {
    expect(canonicalJson({ b: 1, a: [{ d: undefined, c: 'x' }] })).toBe('{"a":[{"c":"x"}],"b":1}');
    expect(fnv1a64('')).toBe('cbf29ce484222325');
  });
});

describe('requirePlan', () => {
  it('throws all refusals as one error, a line for each', () => {
    const facts = soundSituation();
    facts.sources[0]!.privileged = false;
    facts.targets[0]!.privileged = false;
    const planned = planCopy(facts);
    const lines = 'refusals' in planned ? planned.refusals.map(refusalLine) : [];
    expect(lines).toHaveLength(2);
    expect(() => requirePlan(planned)).toThrow(
      expect.objectContaining({
        family: 'plan',
        code: 'NOT_PRIVILEGED',
        message: lines.join('\n'),
        retry: 'never',
      }),
    );
  });
});
