// The procedure, end to end, as it reads on paper. Each line is an exported building block; `docs/procedure.md` gives the reason for its place.
// Promises: a copy reported as good is good; the run does not end while a source lacks its I/O.
import type { Report } from '../domain/report.js';
import type { CopyRun } from './copy-run.js';
import { Hooks } from './hooks.js';
import { fieldsOf, requestOf } from './inputs.js';
import type { FlashCopyInput } from './messages.js';
import { sideBySide } from './parallel.js';
import { inAttempts } from './attempts.js';
import { runCopy } from './run-copy.js';
import { backgroundCopy } from './steps/background-copy.js';
import { ensure } from './steps/ensure.js';
import { grade } from './steps/grade.js';
import { lock } from './steps/lock.js';
import { makeClones } from './steps/make-clones.js';
import { makePreparable } from './steps/make-preparable.js';
import { plan } from './steps/plan.js';
import { preFlush } from './steps/pre-flush.js';
import { prepare } from './steps/prepare.js';
import { mountTargets } from './steps/mount-targets.js';
import { releaseTargets } from './steps/release-targets.js';
import { retain } from './steps/retain.js';
import { takePointInTime } from './steps/take-point-in-time.js';
import { validate } from './steps/validate.js';
import { versioned } from './versioning.js';

/** Copies one set. Answers the report of a good copy; every other end is a failure that carries its report. */
export function flashCopy(input: FlashCopyInput): Promise<Report> {
  return flashCopyWith(input, new Hooks({}, input));
}

/** The same, with steps of one's own; see `defineFlashCopy`. */
export async function flashCopyWith<Input extends FlashCopyInput>(
  input: Input,
  own: Hooks<Input>,
): Promise<Report> {
  const { searchAttributes } = fieldsOf(input);
  const options = {
    searchAttributes: searchAttributes === true,
    onFailed: (copy: CopyRun) => own.onFailed(copy),
  };
  return runCopy(options, async (copy) => {
    await validate(copy, requestOf(input));
    own.check(copy);
    copy.inPause = () => own.inPause(copy);
    await lock(copy); // starts the guard: from here on whatever is left behind is cleared away
    await plan(copy);

    copy.report.enter('PREPARING');
    await ensure(copy);
    await releaseTargets(copy); // before anything takes the targets offline
    await makePreparable(copy);
    await own.at('beforePause', copy);
    // Again from here, when it fails without harm.
    await inAttempts(copy, async () => {
      await preFlush(copy);
      await prepare(copy);
      await takePointInTime(copy); // gives back, whatever happens in it
    });

    await own.at('afterGiveBack', copy);
    await grade(copy);
    await makeClones(copy); // of a snapshot, where the request asks for them
    await sideBySide(
      async () => {
        await mountTargets(copy); // present, synthesise, mount, verify
        if (copy.plan.targets.length > 0) await own.at('onMounted', copy);
      },
      () => backgroundCopy(copy),
    );
    await retain(copy);
  });
}

/** Where workers are versioned: a copy ends on the version it began with. */
versioned('PINNED', flashCopy);
