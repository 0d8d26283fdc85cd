// Planted bugs of the pause, and of those who hold what stands still.
import type { Mutant } from './mutant.js';

const PAUSE_ONCE = 'flashCopyTakePointInTime: PAUSING,';

export const OF_THE_PAUSE: readonly Mutant[] = [
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
    edits: [
      [
        "this.order.mounts.map((mount) => this.probe(mount)).find((text) => text !== '') ?? ''",
        "''",
      ],
    ],
    method: 'quiesce',
    cells: /foreign-thaw at (session|hold)/,
  },
  {
    name: 'start is repeated after a lost answer',
    file: 'src/workflows/activity-table.ts',
    edits: [[PAUSE_ONCE, 'flashCopyTakePointInTime: { ...PAUSING, ...NO_END },']],
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
      [
        'const verdict = await session.run(',
        'const late = clock.sleep(40).then(() => session.run(',
      ],
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
    name: 'what is found copying after the give back counts',
    file: 'src/workflows/fence.ts',
    edits: [['return copy.plan.sources.length === 0 && prepared &&', 'return prepared &&']],
    also: [
      { file: 'src/domain/timing.ts', edits: [['arrayStartSeen: 5_000,', 'arrayStartSeen: 0,']] },
    ],
    method: 'quiesce',
    cells: /lands-late \d+ ms at session.startPrepared/,
  },
  {
    name: 'a pause begins however long it stood in a queue',
    file: 'src/workflows/activity-table.ts',
    edits: [['scheduleToStartTimeout: WAITS.inQueue,', '']],
    method: 'quiesce',
    cells: /queued \d+ ms at flashCopyTakePointInTime/,
  },
  {
    name: 'a zombie goes on: what was given up still acts',
    file: 'src/activities/create-activities.ts',
    edits: [['const current = forCurrentAttempts(given);', 'const current = given;']],
    method: 'unmount',
    cells: /late 5000 ms at flashCopy(PrepareGroup|MakePreparable|EnsureGroup|ReleaseTarget)/,
  },
];

export const OF_HOSTS: readonly Mutant[] = [
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
      [
        'if (kernel.holds.get(device) !== this.order.run) return `${device} is not held any more`;',
        '',
      ],
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
