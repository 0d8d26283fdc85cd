// What a worker's bundle holds: the four workflows, and the building blocks `flashCopy` is made of, for workflows of your own.
export { flashCopy } from './flash-copy.workflow.js';
export { flashCopyGuard } from './guard.workflow.js';
export { flashCopyLedger } from './ledger.workflow.js';
export { flashCopyJanitor } from './janitor.workflow.js';

export { defineFlashCopy } from './define-flash-copy.js';
export type { FlashCopyHooks, Hook, HookContext, HookStep } from './hooks.js';
export { runCopy, reportQuery, abortUpdate } from './run-copy.js';
export { retryGiveBackUpdate, resolveUpdate } from './operator.js';
export type { CopyRun, RunGroup } from './copy-run.js';
export type { Undo, Forget } from './compensation.js';
export { inParallel, sideBySide } from './parallel.js';
export { perform, type Call } from './activities.js';

export { validate } from './steps/validate.js';
export { lock } from './steps/lock.js';
export { plan } from './steps/plan.js';
export { ensure } from './steps/ensure.js';
export { makePreparable } from './steps/make-preparable.js';
export { releaseTargets } from './steps/release-targets.js';
export { inAttempts } from './attempts.js';
export { preFlush } from './steps/pre-flush.js';
export { prepare } from './steps/prepare.js';
export { takePointInTime } from './steps/take-point-in-time.js';
export { grade } from './steps/grade.js';
export { makeClones } from './steps/make-clones.js';
export { mountTargets } from './steps/mount-targets.js';
export { backgroundCopy } from './steps/background-copy.js';
export { retain } from './steps/retain.js';
