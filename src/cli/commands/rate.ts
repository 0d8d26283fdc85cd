// `rate`: makes the background copy of a run faster or slower while it goes on.
import { InvalidArgumentError, type Command } from 'commander';
import { perform } from '../command.js';
import { EXIT } from '../exit-code.js';
import { withRun, withRunArgument, type RunFlags } from '../which-run.js';

interface Flags extends RunFlags {
  readonly clean?: number;
}

function rate(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}$/.test(text) && value <= 150) return value;
  throw new InvalidArgumentError(
    'use a whole number from 0 to 150; 50 = 2 MiB/s, each 10 more doubles',
  );
}

export function addRate(program: Command): void {
  const defined = withRunArgument(
    program.command('rate').description('change the background copy rate of a run that copies'),
  )
    .argument('<rate>', 'copy rate, 0-150; 50 = 2 MiB/s, each 10 more doubles', rate)
    .option('--clean <rate>', 'clean rate, 0-150', rate);
  defined.action((run: string, copyRate: number, flags: Flags) =>
    perform(flags.json, (output) =>
      withRun(run, flags, async (copy) => {
        const cleanRate = flags.clean;
        const change = { copyRate, ...(cleanRate === undefined ? {} : { cleanRate }) };
        const groups = await copy.changeRate(change);
        output.answer({ groups, ...change }, [`copy rate ${copyRate} on ${groups.join(', ')}`]);
        return EXIT.done;
      }),
    ),
  );
}
