// Step `grade`: from causal evidence only. Below the grade asked for the run fails (GRADE_TOO_LOW).
// Decided: the group is then left copying, since a stop below 100 % leaves a target that is worth nothing, and the next run stops it anyway.
import type { GroupProgress } from '../../activities/contract.js';
import { FlashCopyError } from '../../domain/errors.js';
import { gradeCopy, meetsGrade, type GradeEvidence } from '../../domain/grade.js';
import { perform } from '../activities.js';
import type { CopyRun, RunGroup } from '../copy-run.js';
import { inParallel } from '../parallel.js';
import { withSnapshot } from '../snapshots.js';
import { inOrder } from '../step-order.js';

export const grade = inOrder('grade', gradeInPlace);

async function gradeInPlace(copy: CopyRun): Promise<void> {
  await copy.report.step('grade', '', async (note) => {
    const read = await inParallel(copy.groups, (group) => readGroup(copy, group));
    const { grade: given, because } = gradeCopy({
      hosts: hostEvidence(copy),
      groups: groupEvidence(copy, read),
    });
    copy.report.grade = given;
    note(because);
    const wanted = copy.plan.grade;
    if (meetsGrade(given, wanted)) return copy.guard.keepSnapshots();
    throw new FlashCopyError({
      family: 'copy',
      code: 'GRADE_TOO_LOW',
      message: `the copy has grade ${given ?? 'none'}, asked for was ${wanted}: ${because}`,
      outcome: 'done',
      retry: 'safe',
      details: { grade: given ?? '', wanted },
    });
  });
}

/** Reads one group and takes its progress into the report. */
export async function readGroup(copy: CopyRun, group: RunGroup): Promise<GroupProgress> {
  const { array } = group.planned;
  const summary = `read ${group.planned.snapshot === undefined ? 'group' : 'snapshot'} ${group.name} of ${array}`;
  const order = { array, group: group.name, ...withSnapshot(group.planned) };
  const progress = await perform('flashCopyReadGroup', { summary }, order);
  tookProgress(copy, progress);
  return progress;
}

export function tookProgress(copy: CopyRun, { volumes }: GroupProgress): void {
  const fresh = new Set(volumes.map(({ array, mapping }) => `${array} ${mapping}`));
  const others = copy.report.volumes.filter(
    ({ array, mapping }) => !fresh.has(`${array} ${mapping}`),
  );
  copy.report.volumes = [...others, ...volumes];
}

/** What the probes after the start and the give backs say together. No answer of a host counts as broken. */
export function hostEvidence(copy: CopyRun): GradeEvidence['hosts'] {
  return copy.plan.sources.map(({ host, method }) => {
    const pause = copy.report.pauses.find((each) => each.host === host);
    const probe = copy.cut?.attestations?.find((each) => each.host === host);
    return {
      host,
      method,
      quiesceAcknowledged: pause !== undefined && pause.quiescedAt > 0,
      broken:
        probe === undefined ? 'no probe after the start' : probe.broken || (pause?.broken ?? ''),
      // No database is quiesced by its own facility yet.
      applicationQuiesced: false,
    };
  });
}

function groupEvidence(copy: CopyRun, read: readonly GroupProgress[]): GradeEvidence['groups'] {
  return copy.groups.map((group, at) => {
    const start = copy.cut?.starts.find(({ array }) => array === group.planned.array);
    return {
      name: group.name,
      preparedRead: start?.preparedRead === true,
      started: start?.started === 'done',
      oneInstant: isOneInstant(group, read[at]),
    };
  });
}

/** Every planned mapping is in our group, and all show one start time that was not there before. */
function isOneInstant(group: RunGroup, progress: GroupProgress | undefined): boolean {
  if (progress === undefined) return false;
  const all = group.planned.mappings.every(({ name }) => progress.mappings.includes(name));
  const times = new Set(progress.startTimes);
  const [time = ''] = times;
  const complete = progress.startTimes.length === group.planned.mappings.length;
  return (
    all && complete && times.size === 1 && time !== '' && !group.startTimesBefore.includes(time)
  );
}
