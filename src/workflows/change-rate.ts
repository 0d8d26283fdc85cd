// Update `changeRate`: a background copy that runs is made faster or slower. Handled apart from the steps: they neither wait for it nor know of it.
import { ApplicationFailure, defineUpdate, setHandler } from '@temporalio/workflow';
import { perform } from './activities.js';
import type { CopyRun } from './copy-run.js';
import { CHANGE_RATE_UPDATE, type RateChange } from './messages.js';
import { tookProgress } from './steps/grade.js';

/** Answers the groups that were changed, as `array/group`. */
export const changeRateUpdate = defineUpdate<readonly string[], [change: RateChange]>(
  CHANGE_RATE_UPDATE,
);

const refuse = (type: string, message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, type);

const isRate = (rate: unknown): boolean =>
  rate === undefined || (Number.isInteger(rate) && Number(rate) >= 0 && Number(rate) <= 150);

function validate(copy: CopyRun, change: RateChange | undefined): void {
  const { copyRate, cleanRate } = change ?? {};
  if ((copyRate ?? cleanRate) === undefined || !isRate(copyRate) || !isRate(cleanRate))
    throw refuse('INVALID_RATE', 'use copyRate or cleanRate, from 0 to 150');
  if (copy.report.takenAt === undefined || copy.report.outcome !== 'running')
    throw refuse('NOTHING_COPIES', `no copy of this run is under way: it is ${copy.report.phase}`);
  if (copy.plan.groups.some(({ snapshot }) => snapshot !== undefined))
    throw refuse(
      'NO_RATE',
      'the array itself decides how fast clones of a snapshot and restores from one go on',
    );
  if (copyRate === 0 && copy.plan.copy.waitFor === 'copied')
    throw refuse(
      'NEVER_COPIED',
      'the run waits until everything is copied, which never happens with copy rate 0',
    );
}

export function setRateHandler(copy: CopyRun): void {
  const change = async (rates: RateChange): Promise<readonly string[]> => {
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
    validator: (rates?: RateChange) => validate(copy, rates),
  });
}
