// Every planted bug: `make mutants` must find each. test/unit/simulation/mutants.test.ts says when one no longer fits the source.
import type { Mutant } from './mutant.js';
import { OF_HOSTS, OF_THE_PAUSE } from './pause.js';
import { OF_THE_SERVICE } from './service.js';
import { OF_THE_PROCEDURE } from './procedure.js';

const OF_TARGET_HOSTS: readonly Mutant[] = [
  {
    name: 'a guard keeps the target host of its dead copy locked',
    file: 'src/workflows/guard.workflow.ts',
    edits: [
      [
        'await Promise.all([unlock(input, post), unlockHosts(input, post)]);',
        'await unlock(input, post);',
      ],
    ],
    method: 'quiesce',
    cells: /terminate at flashCopy(Present|Synthesise)/,
  },
  {
    name: 'a copy that fails on its target host keeps it locked',
    file: 'src/workflows/steps/target-host.ts',
    edits: [
      [
        'const forget = copy.undo.register({ what: named(host), run: () => unlock(copy, host) });',
        'const forget = (): void => void unlock;',
      ],
    ],
    method: 'quiesce',
    cells: /refused at flashCopy(Present|Synthesise)/,
  },
];

export const MUTANTS: readonly Mutant[] = [
  ...OF_THE_PAUSE,
  ...OF_HOSTS,
  ...OF_THE_PROCEDURE,
  ...OF_THE_SERVICE,
  ...OF_TARGET_HOSTS,
];
