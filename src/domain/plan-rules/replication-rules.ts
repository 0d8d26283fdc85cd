// Volumes in remote copy or replication. As sources they are like any other; as targets the array
// takes them only where nothing is copied from or to them then (IBM: mkfcmap, startfcmap).
import type { Refusal } from '../errors.js';
import type { VDisk } from '../vdisk.js';
import { refuseIf, type Rule } from './rule.js';
import type { PairView } from './view.js';

/** Its content belongs to replication. */
const changeVolumes: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, source, target }) =>
    (
      [
        ['source', source],
        ['target', target],
      ] as const
    ).flatMap(([role, vdisk]) =>
      refuseIf(vdisk?.changeVolume === true, () => [
        'REPLICATED_VOLUME',
        `${field}.${role}`,
        vdisk?.name ?? '',
        `the ${role} is a change volume of replication: use another volume`,
      ]),
    ),
  );

const replicatedTargets: Rule = ({ pairs }) =>
  pairs.flatMap((pair) => {
    const { target } = pair;
    return target === undefined || target.changeVolume === true ? [] : judged(pair, target);
  });

function judged({ field, array, asked }: PairView, target: VDisk): readonly Refusal[] {
  if (!target.replicated) return [];
  const why = reason(target, array.relationships ?? []);
  return refuseIf(why !== '', () => ['REPLICATED_VOLUME', `${field}.target`, asked.target, why]);
}

const OTHER = 'use another target, or take it out of replication';

/** '' where the array takes it. */
function reason(
  { name, relationship }: VDisk,
  known: NonNullable<PairView['array']['relationships']>,
): string {
  if (relationship === undefined) return `the target is replicated by a policy: ${OTHER}`;
  const found = known.find(({ volume }) => volume === name);
  if (found === undefined)
    return `the target is in remote copy ${relationship}, which could not be read: ${OTHER}`;
  if (found.role === 'secondary')
    return `the target is the secondary of remote copy ${relationship}: ${OTHER}`;
  return found.active
    ? `the target is the primary of remote copy ${relationship}, which is ${found.state}: ` +
        'stop the relationship first'
    : '';
}

export const REPLICATION_RULES: readonly Rule[] = [changeVolumes, replicatedTargets];
