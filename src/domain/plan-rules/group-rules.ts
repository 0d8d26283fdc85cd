// Which group a run takes over: one of this set on each array, holding nothing that was not asked for, and open for what is new.
import type { FlashCopyMapping } from '../mapping.js';
import type { RequestedGroup } from '../request.js';
import type { ArrayInspection } from '../inspection.js';
import { isGroupOfSet } from '../names.js';
import { isOwn } from './mapping-rules.js';
import { refuseIf, type Rule } from './rule.js';
import type { View } from './view.js';

interface GroupView {
  readonly field: string;
  readonly array: ArrayInspection;
  readonly asked: RequestedGroup;
  /** Mappings of the request's pairs in groups of this set. */
  readonly own: readonly FlashCopyMapping[];
  /** Their groups, by name; without any, one of the set that is empty. */
  readonly names: readonly string[];
  /** Empty groups that earlier runs of the set left. */
  readonly empty: readonly string[];
}

export function groupViews({ request, arrays, pairs }: View): GroupView[] {
  return request.groups.flatMap((asked, index) => {
    const array = arrays.find((one) => one.array === asked.array);
    if (array === undefined) return [];
    const own = pairs.flatMap((pair) =>
      pair.array === array && isOwn(pair.mapping, request.name) ? [pair.mapping] : [],
    );
    const used = [...new Set(own.map(({ group }) => group))];
    const [free, ...more] = emptyGroups(array, request.name);
    const names = used.length > 0 || free === undefined ? used : [free];
    const empty = names === used && free !== undefined ? [free, ...more] : more;
    const field = request.groups.length === 1 ? '' : `groups[${index}].`;
    return [{ field, array, asked, own, names, empty }];
  });
}

/** A run that ended early leaves one without mappings: the next run takes it. */
const emptyGroups = ({ groups, mappings }: ArrayInspection, set: string): string[] =>
  groups
    .map(({ name }) => name)
    .filter((name) => isGroupOfSet(name, set) && !mappings.some(({ group }) => group === name));

/** One group is renamed to the run's name; a second one would stay behind unfenced. */
const oneGroup: Rule = (view) =>
  groupViews(view).flatMap(({ field, asked, names }) =>
    refuseIf(names.length > 1, () => [
      'SET_IN_SEVERAL_GROUPS',
      `${field}array`,
      asked.array,
      `mappings of this set are in ${names.join(' and ')}: move them into one group with chfcmap -consistgrp`,
    ]),
  );

/** Starting the group starts all it holds, also a volume this request does not name (P3). */
const nothingElse: Rule = (view) =>
  groupViews(view).flatMap(({ field, array, asked, own, names }) =>
    array.mappings
      .filter((mapping) => names.includes(mapping.group) && !own.includes(mapping))
      .flatMap((mapping) =>
        refuseIf(isGroupOfSet(mapping.group, view.request.name), () => [
          'GROUP_HOLDS_MORE',
          `${field}volumes`,
          asked.array,
          `group ${mapping.group} also holds ${mapping.name} (${mapping.source} to ${mapping.target}): name that pair too, or remove the mapping`,
        ]),
      ),
  );

/** The array takes no new mapping into a group that is busy (CMMVC5920E). */
const openForNew: Rule = (view) =>
  groupViews(view).flatMap(({ field, array, asked, own, names }) => {
    const group = array.groups.find(({ name }) => name === names[0]);
    const open =
      group === undefined || ['empty', 'idle_or_copied', 'stopped'].includes(group.state);
    return refuseIf(!open && own.length < asked.volumes.length, () => [
      'GROUP_BUSY',
      `${field}volumes`,
      asked.array,
      `group ${group?.name ?? ''} is ${group?.state ?? ''} and takes no new pair: wait until it is idle_or_copied, or stop it`,
    ]);
  });

export const GROUP_RULES: readonly Rule[] = [oneGroup, nothingElse, openForNew];
