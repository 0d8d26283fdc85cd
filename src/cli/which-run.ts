// The run that a command is about: by the name of its set or by its workflow id.
import type { Command } from 'commander';
import type { CopyHandle } from '../client/index.js';
import { withTemporal, type CommandFlags } from './command.js';
import { requireTemporal, withClient } from './temporal.js';

export interface RunFlags extends CommandFlags {
  readonly id?: true;
}

export const withRunArgument = (command: Command): Command =>
  withTemporal(command.argument('<name>', 'name of the set, or a workflow id')).option(
    '--id',
    'the name is a workflow id, even without a slash',
  );

export const withRun = <T>(
  name: string,
  flags: RunFlags,
  use: (copy: CopyHandle) => Promise<T>,
): Promise<T> =>
  withClient(requireTemporal(flags), async (client) =>
    use(await client.find(name, { id: flags.id === true })),
  );
