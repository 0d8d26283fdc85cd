// One refusal, one fact: the row of a table, the facts it reaches for, and the two tests each row stands for.
import { describe, expect, it } from 'vitest';
import { planCopy, type Planned } from '../../../../src/domain/plan-rules/plan-copy.js';
import {
  fileSystem,
  host,
  mapping,
  soundSituation,
  uid,
  withFormerRun,
  type Facts,
} from './situation.js';

export type Change = (facts: Facts) => void;
export interface Row {
  readonly title: string;
  readonly code: string;
  readonly field: string;
  readonly change: Change;
  /** Accepted, and one fact away from the change. Default: the sound situation itself. */
  readonly neighbour?: Change;
  /** Part of the remedy. */
  readonly says?: string;
}

export const array = (facts: Facts) => facts.arrays[0]!;
export const group = (facts: Facts) => facts.request.groups[0]!;
export const source = (facts: Facts) => facts.sources[0]!;
export const target = (facts: Facts) => facts.targets[0]!;
export const askedSource = (facts: Facts) => facts.request.sources[0]!;
export const askedTarget = (facts: Facts) => facts.request.targets[0]!;
export const addMap = (facts: Facts, n: number, hostName: string) =>
  array(facts).hostMaps.push({ vdiskName: `n${n}`, vdiskUid: uid(n), hostName, scsiId: 9 });
export const created = (facts: Facts) => {
  array(facts).vdisks = array(facts).vdisks.filter(({ name }) => name !== 'db_copy2');
  group(facts).volumes[1] = { source: 'db_data2', target: 'db_copy2', create: { pool: 'pool0' } };
};
export const ours = (facts: Facts) => withFormerRun(facts, 'idle_or_copied');
export const oneMapping = (changes: Parameters<typeof mapping>[0]) => (facts: Facts) => {
  array(facts).mappings = [mapping(changes)];
};
export const both =
  (...changes: Change[]) =>
  (facts: Facts) =>
    changes.forEach((change) => change(facts));
export const twoTargets = (second: 'own mount' | 'same mount' | 'none') => (facts: Facts) => {
  // Two file systems straight on their disks, so that two hosts can share them out.
  source(facts).volumeGroups = [];
  source(facts).fileSystems = [1, 2].map((n) => ({
    ...fileSystem(n === 1 ? '/data' : '/web', ''),
    ...{ device: source(facts).disks[n - 1]!.device, disks: [uid(n)], volumeGroup: '' },
  }));
  facts.request.targets.push({
    ...{ host: 'spare1', synthesis: 'auto', volumeGroups: {}, keepMapped: false },
    mounts:
      second === 'none'
        ? []
        : [{ from: second === 'own mount' ? '/web' : '/data', at: '/copy', readOnly: false }],
  });
  facts.targets.push(host('spare1'));
  array(facts).hosts.push({ id: '9', name: 'spare1', portCount: 1 });
};

export const plannedBy = (change: Change = () => undefined): Planned => {
  const facts = soundSituation();
  change(facts);
  return planCopy(facts);
};

export function describeRefusals(about: string, rows: readonly Row[]): void {
  describe(`planCopy, ${about}`, () => {
    it.each(rows)('refuses $title ($code)', ({ code, field, change, says = '' }) => {
      const planned = plannedBy(change);
      const refusals = 'refusals' in planned ? planned.refusals : [];
      const found = refusals.find((refusal) => refusal.code === code && refusal.field === field);
      expect(found ?? refusals).toMatchObject({ code, field });
      expect(found?.remedy).toContain(says);
      expect(found?.remedy).not.toContain('\n');
    });

    it.each(rows)('accepts the neighbour of: $title', ({ neighbour }) => {
      const planned = plannedBy(neighbour);
      expect('refusals' in planned ? planned.refusals : []).toEqual([]);
    });
  });
}
