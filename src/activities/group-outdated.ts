// The array is not as the plan found it: nothing is forced, a new plan is needed.
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyMapping } from '../domain/mapping.js';
import type { PlannedGroup, PlannedMapping } from '../domain/plan.js';

export const outdated = (what: string, details: FlashCopyError['details']): FlashCopyError =>
  new FlashCopyError({ family: 'state', code: 'PLAN_OUTDATED', message: `since the plan: ${what}`, details });

/** A mapping keeps the time of its last start as long as it lives. */
const isMadeAnew = ({ state, startTime }: FlashCopyMapping, { existing }: PlannedMapping): boolean =>
  state === 'idle_or_copied' && startTime === '' && existing !== undefined && existing.startTime !== '';

/** What cannot be changed must be right already. Throws PLAN_OUTDATED. */
export function checkMapping(found: FlashCopyMapping, planned: PlannedMapping, group: PlannedGroup): void {
  const wrong = [
    found.source === planned.source.name ? '' : `source ${found.source}`,
    found.target === planned.target.name ? '' : `target ${found.target}`,
    found.incremental === group.incremental ? '' : `incremental ${found.incremental}`,
    found.grainSize === undefined || found.grainSize === group.grainSize ? '' : `grain ${found.grainSize} KiB`,
    isMadeAnew(found, planned) ? 'no start time any more: it was made anew' : '',
    found.replicationControlled ? 'controlled by replication' : '',
    found.restoring ? 'restoring' : '',
  ].filter((text) => text !== '');
  if (wrong.length > 0)
    throw outdated(`mapping ${found.name} has ${wrong.join(', ')}`, { mapping: found.name, found: wrong });
}
