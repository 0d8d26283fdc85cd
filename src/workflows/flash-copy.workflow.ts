// The procedure, end to end, as it reads on paper. Each line is an exported building block; `docs/procedure.md` gives the reason for its place.
// Promises: a copy reported as good is good; the run does not end while a source lacks its I/O.
import type { Report } from '../domain/report.js';
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
export async function flashCopy(input: FlashCopyInput): Promise<Report> {
  return runCopy(input, async (copy) => {
    await validate(copy, input.request);
    await copy.guard.start(); // from here on whatever is left behind is cleared away
    await lock(copy);
    await plan(copy);
    await copy.guard.watchGroups();

    copy.report.enter('PREPARING');
    await ensure(copy);
    await releaseTargets(copy); // before anything takes the targets offline
    await makePreparable(copy);
    // Again from here, when it fails without harm.
    await inAttempts(copy, async () => {
      await preFlush(copy);
      await prepare(copy);
      await takePointInTime(copy); // gives back, whatever happens in it
    });

    await grade(copy);
    await makeClones(copy); // of a snapshot, where the request asks for them
    await sideBySide(
      () => mountTargets(copy), // present, synthesise, mount, verify
      () => backgroundCopy(copy),
    );
    await retain(copy);
  });
}

/** Where workers are versioned: a copy ends on the version it began with. */
versioned('PINNED', flashCopy);
