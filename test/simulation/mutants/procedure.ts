// Planted bugs of the order of steps, of undo, guard and ledger.
import type { Mutant } from './mutant.js';

export const OF_THE_PROCEDURE: readonly Mutant[] = [
  {
    name: 'a target host that is away for a moment costs the good copy',
    file: 'src/workflows/activities.ts',
    edits: [
      [
        'return { ms: HOURS_MS, callAfterMs: CALL_AFTER_MS };',
        'return { ms: HOURS_MS - HOURS_MS, callAfterMs: CALL_AFTER_MS };',
      ],
    ],
    method: 'quiesce',
    cells: /away \d+ ms at flashCopy(Present|Mount|Verify) of dev1/,
  },
  {
    name: 'a run that lost its locks goes on',
    file: 'src/activities/create-activities.ts',
    edits: [
      ['withPatience(withLocksRequired(activities, deps), deps)', 'withPatience(activities, deps)'],
    ],
    method: 'quiesce',
    cells: /reset( \d+ ms)? at run\.ended of COMPLETED/,
  },
  {
    name: 'targets are released after prepare',
    file: 'src/workflows/flash-copy.workflow.ts',
    edits: [
      ['    await releaseTargets(copy); // before anything takes the targets offline\n', ''],
      ['    await prepare(copy);\n', '    await prepare(copy);\n    await releaseTargets(copy);\n'],
    ],
    also: [
      {
        file: 'src/workflows/step-order.ts',
        edits: [["makePreparable: ['releaseTargets']", "makePreparable: ['ensure']"]],
      },
    ],
    method: 'quiesce',
    cells: /throws-before at flashCopyValidate/,
    again: true,
  },
  {
    name: 'the guard dies with its parent',
    file: 'src/workflows/guard-link.ts',
    edits: [["parentClosePolicy: 'REQUEST_CANCEL'", "parentClosePolicy: 'TERMINATE'"]],
    method: 'quiesce',
    cells: /terminate at flashCopy(PrepareGroup|EnsureGroup)/,
  },
  {
    name: 'the guard obeys the cancel that tells it of the end of its copy',
    file: 'src/workflows/guard.workflow.ts',
    edits: [
      [
        'return CancellationScope.nonCancellable(() => standGuard(input, post));',
        'return standGuard(input, post);',
      ],
    ],
    method: 'quiesce',
    cells: /terminate at flashCopy(PrepareGroup|EnsureGroup)/,
  },
  {
    name: 'workflow code branches on run ids',
    file: 'src/workflows/steps/plan.ts',
    edits: [
      [
        '  registerUnlocks(copy);',
        '  const { runId, firstExecutionRunId } = workflowInfo();\n  if (runId !== firstExecutionRunId) registerUnlocks(copy);',
      ],
      [
        "import { perform } from '../activities.js';",
        "import { workflowInfo } from '@temporalio/workflow';\nimport { perform } from '../activities.js';",
      ],
    ],
    method: 'quiesce',
    cells: /reset.* of FAILED/,
  },
  {
    name: 'un-prepare is forgotten',
    file: 'src/workflows/steps/prepare.ts',
    edits: [
      [
        "const kept = await perform('flashCopyUnprepareGroup', { summary }, order);",
        'void order;\n      const kept = undefined as { why: string } | undefined;',
      ],
    ],
    method: 'quiesce',
    cells: /refused at flashCopyTakePointInTime|fails-after at flashCopyPrepareGroup/,
  },
  {
    name: 'what was created is removed only where the step that made it answered',
    file: 'src/workflows/steps/ensure.ts',
    edits: [
      [
        "if (group.prepareTried) return 'kept",
        "if (group.startTimesBefore.length === 0) return 'nothing known to be created';\n  if (group.prepareTried) return 'kept",
      ],
    ],
    method: 'quiesce',
    cells: /fails-after at flashCopyEnsureGroup/,
  },
  {
    name: 'locks are taken before the guard stands',
    file: 'src/workflows/steps/lock.ts',
    edits: [
      ['  await copy.guard.start(); // from here on whatever is left behind is cleared away\n', ''],
    ],
    also: [
      {
        file: 'src/workflows/steps/plan.ts',
        edits: [['await copy.guard.watchGroups();', 'await copy.guard.start();']],
      },
    ],
    method: 'quiesce',
    cells: /terminate at flashCopyPlan/,
  },
  {
    name: 'a cancel does not wait for the activity under way',
    file: 'src/workflows/activities.ts',
    edits: [["cancellationType: 'WAIT_CANCELLATION_COMPLETED'", "cancellationType: 'TRY_CANCEL'"]],
    method: 'quiesce',
    cells:
      /cancel at flashCopy(PrepareGroup|EnsureGroup|TakePointInTime|Present|Mount)|cancel at (array|target)\./,
  },
  {
    name: 'a guard forgets what a run did before it was reset',
    file: 'src/workflows/guard.workflow.ts',
    edits: [
      [
        'if (post.watch !== undefined && post.watch.run !== run) post.abandoned.push(post.watch);',
        '',
      ],
    ],
    method: 'unmount',
    cells: /reset 2000 ms at flashCopy(TakeDown|StartGroups)/,
  },
  {
    name: 'secrets stay in the answers of activities',
    file: 'src/activities/failure-boundary.ts',
    edits: [
      [
        'return redactResult(await body(...args), secrets());',
        'void redactResult;\n        return await body(...args);',
      ],
    ],
    method: 'quiesce',
    cells: /throws-after at session/,
  },
  {
    name: 'the lock goes with a terminated parent, whatever is still prepared',
    file: 'src/workflows/guard.workflow.ts',
    edits: [
      [
        'await Promise.all([unlock(input, post), unlockHosts(input, post)]);',
        'await unlockHosts(input, post);',
      ],
      [
        '  await giveBack(input, post, post.watch);\n  await unprepare(',
        '  await unlock(input, post);\n  await giveBack(input, post, post.watch);\n  await unprepare(',
      ],
    ],
    method: 'quiesce',
    cells: /terminate at (flashCopyTakePointInTime|session)/,
  },
  {
    name: 'the guard un-prepares before it gives back',
    file: 'src/workflows/guard.workflow.ts',
    edits: [
      [
        '  await giveBack(input, post, post.watch);\n  await unprepare(post.watch);\n',
        '  await unprepare(post.watch);\n  await giveBack(input, post, post.watch);\n',
      ],
    ],
    method: 'unmount',
    cells: /terminate at (flashCopyStartGroups|session)/,
  },
  {
    name: 'the ledger frees the targets with the sources',
    file: 'src/workflows/ledger.workflow.ts',
    edits: [
      [
        '  sources: [],\n  sourcesFreed',
        '  set: grant.holder,\n  sources: [],\n  targets: [],\n  sourcesFreed',
      ],
    ],
    method: 'quiesce',
    cells: /foreign-thaw at flashCopyVerify/,
    rival: true,
  },
  {
    name: 'a snapshot stays although its run failed',
    file: 'src/workflows/steps/prepare.ts',
    edits: [
      [
        'if (copy.groups.some(({ planned }) => takesSnapshot(planned))) return;',
        'void takesSnapshot;',
      ],
    ],
    method: 'quiesce',
    snapshot: 'thinclone',
    cells: /refused at flashCopy(ReadGroup|MakeClones)/,
  },
];
