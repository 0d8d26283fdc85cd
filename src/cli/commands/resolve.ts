// `resolve`: a person says that a source has its I/O again, because they gave it back by hand; the run stops trying and ends as failed.
import { flashcopyCommand } from '../../domain/command-line.js';
import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Resolution } from '../../client/index.js';
import { perform } from '../command.js';
import { EXIT } from '../exit-code.js';
import { withRun, withRunArgument, type RunFlags } from '../which-run.js';

interface Flags extends RunFlags {
  readonly host?: string;
  readonly reason: string;
  readonly by?: string;
  readonly force?: true;
}

const whoAmI = (): string => `${userInfo().username}@${hostname()}`;

function resolutionOf({ host, reason, by = whoAmI(), force }: Flags): Resolution {
  return {
    ...(host === undefined ? {} : { host }),
    ...{ by, reason },
    ...(force === undefined ? {} : { force }),
  };
}

export function addResolve(program: Command): void {
  const defined = program
    .command('resolve')
    .description(
      'say that a source has its I/O again: given back by hand; the run then ends as failed',
    )
    .requiredOption('--reason <text>', 'what was done there; stands in the report')
    .option('--host <name>', 'the source (default: every one that lacks its I/O)')
    .option('--by <who>', 'who says so; stands in the report (default: user and machine)')
    .option('--force', 'also where the host itself says that it still lacks its I/O');
  withRunArgument(defined).action((run: string, flags: Flags) =>
    perform(flags.json, (output) =>
      withRun(run, flags, async (copy) => {
        const resolution = resolutionOf(flags);
        const sources = await copy.resolve(resolution);
        output.answer({ workflowId: copy.workflowId, ...resolution, sources }, [
          ...sources.map(({ host, read }) => `${host} is resolved by hand; the host: ${read}`),
          `${copy.workflowId} stops trying and ends as failed: ${flashcopyCommand('watch', copy.workflowId)}`,
        ]);
        return EXIT.done;
      }),
    ),
  );
}
