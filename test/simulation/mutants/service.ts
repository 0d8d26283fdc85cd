// Planted bugs that only Temporal shows: replay under another run id, its limits; and commands that come late.
import type { Mutant } from './mutant.js';

export const OF_THE_SERVICE: readonly Mutant[] = [
  {
    name: 'a workflow branches on its run id',
    file: 'src/workflows/steps/validate.ts',
    edits: [
      [
        "import { perform } from '../activities.js';",
        "import { workflowInfo } from '@temporalio/workflow';\nimport { perform } from '../activities.js';",
      ],
      [
        "  await copy.report.step('validate', '', async () => {\n",
        "  const { runId, firstExecutionRunId } = workflowInfo();\n  if (runId !== firstExecutionRunId) await perform('flashCopyValidate', { summary: 'again' }, request);\n  await copy.report.step('validate', '', async () => {\n",
      ],
    ],
    method: 'quiesce',
    cells: /reset at run.ended/,
  },
  {
    name: 'search attributes are as long as the names',
    file: 'src/domain/search-attributes.ts',
    edits: [
      [
        '(list) => bytesOf(JSON.stringify(list)) <= MOST_BYTES,',
        '(list) => bytesOf(JSON.stringify(list)) <= MOST_BYTES * 1_000,',
      ],
    ],
    method: 'quiesce',
    cells: /throws-before at flashCopyValidate/,
    many: 200,
  },
  {
    name: 'a prepare that nobody heard of keeps its name, and comes after the start',
    file: 'src/workflows/steps/take-point-in-time.ts',
    edits: [['  await fenceUnheardPrepares(copy);', '  void fenceUnheardPrepares;']],
    method: 'quiesce',
    cells: /lands-late \d+ ms at array.prepareGroup/,
  },
];
