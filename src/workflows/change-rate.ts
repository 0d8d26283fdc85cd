// Update `changeRate`: a background copy that runs is made faster or slower. Handled apart from the steps: they neither wait for it nor know of it.
import { defineUpdate, setHandler } from '@temporalio/workflow';
import { perform } from './activities.js';
import type { CopyRun } from './copy-run.js';
import { fieldsOf, refused, refuseInLongHistory } from './inputs.js';
import { CHANGE_RATE_UPDATE, type RateChange } from './messages.js';
import { tookProgress } from './steps/grade.js';

/** Answers the groups that were changed, as `array/group`. */
export const changeRateUpdate = defineUpdate<readonly string[], [change: RateChange]>(
  CHANGE_RATE_UPDATE,
);

const isRate = (rate: unknown): boolean =>
  rate === undefined || (Number.isInteger(rate) && Number(rate) >= 0 && Number(rate) <= 150);

function validate(copy: CopyRun, change: unknown): void {
  refuseInLongHistory();
  const { copyRate, cleanRate } = fieldsOf(change);
  if ((copyRate ?? cleanRate) === undefined || !isRate(copyRate) || !isRate(cleanRate))
    throw refused('INVALID_RATE', 'use copyRate or cleanRate, from 0 to 150');
  if (copy.report.takenAt === undefined || copy.ending)
    throw refused('NOTHING_COPIES', `no copy of this run is under way: it is ${copy.report.phase}`);
  if (copy.plan.groups.some(({ snapshot }) => snapshot !== undefined))
    throw refused(
      'NO_RATE',
      'the array itself decides how fast clones of a snapshot and restores from one go on',
    );
  if (copyRate === 0 && copy.plan.copy.waitFor === 'copied')
    throw refused(
      'NEVER_COPIED',
      'the run waits until everything is copied, which never happens with copy rate 0',
    );
}

export function setRateHandler(copy: CopyRun): void {
  const change = async ({ copyRate, cleanRate }: RateChange): Promise<readonly string[]> => {
    // Nothing else of what was sent: it would name another group than the run's own.
    const rates = {
      ...(copyRate === undefined ? {} : { copyRate }),
      ...(cleanRate === undefined ? {} : { cleanRate }),
    };
    const groups = copy.groups.map(({ planned: { array }, name }) => ({ array, group: name }));
    for (const group of groups) {
      const summary = `change rates of group ${group.group} of ${group.array}`;
      tookProgress(
        copy,
        await perform(
          'flashCopyChangeRate',
          { summary },
          { ...group, ...rates, locks: copy.locks },
        ),
      );
    }
    return groups.map(({ array, group }) => `${array}/${group}`);
  };
  setHandler(changeRateUpdate, change, {
    description: 'Background copy rate and clean rate (0-150) of a copy that runs',
    validator: (rates?: unknown) => validate(copy, rates),
  });
}
