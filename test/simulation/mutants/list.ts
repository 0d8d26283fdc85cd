// Planted bugs: each a small change of the source, and the cells of the matrix that must find it. A simulation that misses one proves nothing.
import type { Method } from '../matrix.js';

export interface Mutant {
  readonly name: string;
  /** Below the repository. */
  readonly file: string;
  /** Text that stands there, and what is put in its place. */
  readonly edits: readonly (readonly [string, string])[];
  readonly method: Method;
  /** Titles of the cells to try, in their order; then the soak. */
  readonly cells: RegExp;
  /** Another copy must succeed afterwards. */
  readonly again?: true;
}

const TAKE_DOWN_ONCE = "flashCopyTakePointInTime: ['urgent', { heartbeatTimeout: '3s', retry: ONCE }],";

const OF_THE_PAUSE: readonly Mutant[] = [
  {
    name: 'give back is registered after the quiesce',
    file: 'src/workflows/quiesced-sources.ts',
    edits: [
      [
        'const forgets = sources.map((source) =>\n    copy.undo',
        'const forgets = sources.map((source) =>\n    !taken ? () => undefined : copy.undo',
      ],
    ],
    method: 'unmount',
    cells: /fails-after at flashCopyTakeDown|refused at flashCopyStartGroups/,
  },
  {
    name: 'attest is skipped',
    file: 'src/activities/critical-section.ts',
    edits: [
      [
        'const attestations = pauses.map(({ host, broken }) => ({ host, broken }));\n  return { starts, pauses, attestations,',
        "const attestations = pauses.map(({ host }) => ({ host, broken: '' }));\n  return { starts, pauses: pauses.map((pause) => ({ ...pause, broken: '' })), attestations,",
      ],
    ],
    method: 'quiesce',
    cells: /foreign-thaw at (session|hold)/,
  },
  {
    name: 'attest only remembers',
    file: 'src/testing/model/holder.ts',
    edits: [["this.order.mounts.map((mount) => this.probe(mount)).find((text) => text !== '') ?? ''", "''"]],
    method: 'quiesce',
    cells: /foreign-thaw at (session|hold)/,
  },
  {
    name: 'start is repeated after a lost answer',
    file: 'src/workflows/activities.ts',
    edits: [[TAKE_DOWN_ONCE, TAKE_DOWN_ONCE.replace('ONCE', 'FEW')]],
    method: 'quiesce',
    cells: /(answer-lost|throws-after) at flashCopyTakePointInTime/,
  },
  {
    name: '"already copying" is taken as success',
    file: 'src/activities/critical-section.ts',
    edits: [
      [
        'return { array, group, preparedRead: stateRead === readyWhen, ...rest };',
        "const ours = rest.code === 'CMMVC5907E' ? { preparedRead: true, started: 'done' as const } : {};\n  return { array, group, preparedRead: stateRead === readyWhen, ...rest, ...ours };",
      ],
    ],
    method: 'quiesce',
    cells: /foreign-start at (hold.quiesce|session)/,
  },
  {
    name: 'a late start counts: the array says started and starts after the thaw',
    file: 'src/array/svc/cli-start.ts',
    edits: [
      ['const verdict = await session.run(', 'const late = clock.sleep(40).then(() => session.run('],
      [
        '.then(\n    (result) => judge(order, line, result),\n    // The transport knows whether the line was sent.\n    failedStart,\n  );',
        ').catch(() => undefined);\n  void late;\n  void onStdout;\n  const verdict = { ...failedStart(undefined), started: "done" as const, code: "" };',
      ],
      ['stateRead: stateIn(order, () => answersIn(order, seen)),', "stateRead: 'prepared',"],
    ],
    method: 'quiesce',
    cells: /cancel at flashCopyVerify|answer-lost at flashCopyMarkAfter/,
  },
  {
    name: 'a zombie goes on: what was given up still acts',
    file: 'src/activities/create-activities.ts',
    edits: [['const deps = forCurrentAttempts(given);', 'const deps = given;\n  void forCurrentAttempts;']],
    method: 'unmount',
    cells: /late 5000 ms at flashCopy(PrepareGroup|MakePreparable|EnsureGroup|ReleaseTarget)/,
  },
];

const OF_HOSTS: readonly Mutant[] = [
  {
    name: "the target's umount is believed, not proved",
    file: 'src/testing/model/target-host.ts',
    edits: [
      [
        'async release(order: ReleaseOrder): Promise<void> {\n',
        'async release(order: ReleaseOrder): Promise<void> {\n    if (order.mounts.length >= 0) return;\n',
      ],
      [
        'private proveNow(order: ReleaseOrder): void {\n',
        'private proveNow(order: ReleaseOrder): void {\n    if (order.mounts.length >= 0) return;\n',
      ],
    ],
    method: 'quiesce',
    cells: /throws-before at flashCopyValidate/,
    again: true,
  },
  {
    name: 'the device is not held exclusively while unmounted',
    file: 'src/testing/model/holder.ts',
    edits: [
      ['kernel.holds.set(device, this.order.run);', ''],
      ['if (kernel.holds.get(device) !== this.order.run) return `${device} is not held any more`;', ''],
      ["return mounted ? `${device} is mounted` : '';", "return mounted ? '' : '';"],
    ],
    method: 'unmount',
    cells: /foreign-mount at (flashCopyTakeDown|session|source.attest|array.reserveStart)/,
  },
  {
    name: 'the deadline of a holder is forgotten',
    file: 'src/testing/model/holder.ts',
    edits: [["void this.giveBackAfter(order.deadlineMs, 'the deadline passed');", '']],
    method: 'unmount',
    cells: /(hangs|times-out|worker-killed) at flashCopyGiveBack/,
  },
];

const OF_THE_PROCEDURE: readonly Mutant[] = [
  {
    name: 'targets are released after prepare',
    file: 'src/workflows/flash-copy.workflow.ts',
    edits: [
      ['    await releaseTargets(copy); // before anything takes the targets offline\n', ''],
      ['    await prepare(copy);\n', '    await prepare(copy);\n    await releaseTargets(copy);\n'],
    ],
    method: 'quiesce',
    cells: /throws-before at flashCopyValidate/,
    again: true,
  },
  {
    name: 'the guard dies with its parent',
    file: 'src/workflows/guard-link.ts',
    edits: [["parentClosePolicy: 'ABANDON'", "parentClosePolicy: 'TERMINATE'"]],
    method: 'quiesce',
    cells: /terminate at flashCopy(PrepareGroup|EnsureGroup)/,
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
    name: 'locks are taken before the guard stands',
    file: 'src/workflows/flash-copy.workflow.ts',
    edits: [
      ['    await copy.guard.start(); // from here on whatever is left behind is cleared away\n', ''],
      ['    await copy.guard.watchGroups();\n', '    await copy.guard.start();\n'],
    ],
    method: 'quiesce',
    cells: /terminate at flashCopyPlan/,
  },
  {
    name: 'a cancel does not wait for the activity under way',
    file: 'src/workflows/activities.ts',
    edits: [["cancellationType: 'WAIT_CANCELLATION_COMPLETED'", "cancellationType: 'TRY_CANCEL'"]],
    method: 'quiesce',
    cells: /cancel at flashCopy(PrepareGroup|EnsureGroup|TakePointInTime|Present|Mount)|cancel at (array|target)\./,
  },
  {
    name: 'a guard forgets what a run did before it was reset',
    file: 'src/workflows/guard.workflow.ts',
    edits: [['if (post.watch !== undefined && post.watch.run !== run) post.abandoned.push(post.watch);', '']],
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
];

const OF_TARGET_HOSTS: readonly Mutant[] = [
  {
    name: 'a guard keeps the target host of its dead copy locked',
    file: 'src/workflows/guard.workflow.ts',
    edits: [['await Promise.all([unlock(input), unlockHosts(input, post.watch)]);', 'await unlock(input);']],
    method: 'quiesce',
    cells: /terminate at flashCopy(Present|Synthesise)/,
  },
  {
    name: 'a copy that fails on its target host keeps it locked',
    file: 'src/workflows/steps/target-host.ts',
    edits: [['const forget = copy.undo.register({ what, run: unlock });', 'const forget = (): void => undefined;']],
    method: 'quiesce',
    cells: /refused at flashCopy(Present|Synthesise)/,
  },
];

export const MUTANTS: readonly Mutant[] = [...OF_THE_PAUSE, ...OF_HOSTS, ...OF_THE_PROCEDURE, ...OF_TARGET_HOSTS];
