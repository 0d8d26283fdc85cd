// Copies that hang on what we overwrite: active mappings whose source is a target of ours. They are named, and nothing happens to them unless asked for.
import { isActive, type FlashCopyMapping } from '../mapping.js';
import type { PlannedDependent, PlannedGroup } from '../plan.js';
import type { DependentsPolicy } from '../request.js';
import { isRestore } from './kinds.js';
import { refuseIf, type Rule } from './rule.js';
import { others, type PairView, type View } from './view.js';

type Asked = Pick<View, 'request'>;

/** A restore overwrites what everything else hangs on: the array keeps them apart unless told otherwise. */
export const dependentsPolicy = (view: Asked): DependentsPolicy => {
  const asked = view.request.copy.dependents ?? 'refuse';
  return isRestore(view) && asked === 'refuse' ? 'keep' : asked;
};

/** The mapping back to the pair's own source is no dependent: it is what a restore goes against. */
const dependsOn = (mapping: FlashCopyMapping, { asked }: PairView): boolean =>
  mapping.source === asked.target && mapping.target !== asked.source;

const targetCopiedOn: Rule = (view) =>
  others(view, ({ mapping, pair }) =>
    refuseIf(
      dependsOn(mapping, pair) && mapping.state !== 'idle_or_copied' && !isHandled(view, mapping),
      () => [
        'TARGET_IS_A_SOURCE',
        `${pair.field}.target`,
        pair.asked.target,
        `${mapping.name} copies from it (${mapping.state}): ${remedy(view, mapping)}`,
      ],
    ),
  );

/** Whether the policy says what becomes of it. Preparing and prepared belong to a run under way: nobody's to decide. */
function isHandled(view: View, { state, progressPercent }: FlashCopyMapping): boolean {
  const policy = dependentsPolicy(view);
  if (policy === 'refuse' || state === 'preparing' || state === 'prepared') return false;
  return policy !== 'split' || progressPercent === 100 || state === 'stopped';
}

const remedy = (view: View, { state }: FlashCopyMapping): string =>
  state === 'preparing' || state === 'prepared'
    ? 'a copy of it is being taken: wait for that'
    : dependentsPolicy(view) === 'split'
      ? 'it is not complete, so it cannot be split off: let it finish, or use copy.dependents: keep'
      : 'let it finish, remove it, or say in copy.dependents what becomes of it';

/** Stopping a group stops all it holds: what nobody asked for must not be among it. */
const groupOfDependents: Rule = (view) => {
  if (dependentsPolicy(view) !== 'stop') return [];
  return view.pairs.flatMap((pair) =>
    dependents(view, pair).flatMap((mapping) => {
      const bystander = pair.array.mappings.find(
        (other) => mapping.group !== '' && other.group === mapping.group && !hangsOnUs(view, other),
      );
      return refuseIf(bystander !== undefined, () => [
        'DEPENDENT_IN_GROUP',
        'copy.dependents',
        'stop',
        `${mapping.name} is in group ${mapping.group} together with ${bystander?.name ?? ''}, which does not depend on this copy: use keep, or stop it by hand`,
      ]);
    }),
  );
};

const dependents = (view: View, pair: PairView): FlashCopyMapping[] =>
  pair.array.mappings.filter((mapping) => dependsOn(mapping, pair) && isActive(mapping.state));
const hangsOnUs = (view: View, mapping: FlashCopyMapping): boolean =>
  view.pairs.some((pair) => dependsOn(mapping, pair));

/** What the plan says of one group's dependents. */
export function dependentPart(
  view: View,
  pairs: readonly PairView[],
): Pick<PlannedGroup, 'restore' | 'stop' | 'stopFirst'> {
  const policy = dependentsPolicy(view);
  const found = pairs.flatMap((pair) => dependents(view, pair));
  const stopFirst: PlannedDependent[] =
    policy === 'stop' ? found.map(({ name, group }) => ({ mapping: name, group })) : [];
  return {
    ...(isRestore(view) || policy === 'keep' ? { restore: true } : {}),
    ...(policy === 'stop' ? { stop: 'force' } : policy === 'split' ? { stop: 'split' } : {}),
    ...(stopFirst.length === 0 ? {} : { stopFirst }),
  };
}

export const DEPENDENT_RULES: readonly Rule[] = [targetCopiedOn, groupOfDependents];
