// Every command that speaks to a Temporal server has the same doors.
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addExistingRun } from '../../../src/cli/commands/existing-run.js';
import { addJanitor } from '../../../src/cli/commands/janitor.js';
import { addRate } from '../../../src/cli/commands/rate.js';
import { addResolve } from '../../../src/cli/commands/resolve.js';
import { addRun } from '../../../src/cli/commands/run.js';
import { addSchedule } from '../../../src/cli/commands/schedule.js';
import { addWorker } from '../../../src/cli/commands/worker.js';

const DOORS = ['--address', '--namespace', '--task-queue', '--inventory', '--json', '--profile'];

const program = new Command();
const adders = [addRun, addExistingRun, addRate, addResolve, addSchedule, addJanitor, addWorker];
for (const add of adders) add(program);
const commands = program.commands.flatMap((one) => (one.commands.length > 0 ? one.commands : one));
const optionsOf = (command: Command): (string | undefined)[] =>
  command.options.map(({ long }) => long ?? undefined);

describe('the command line', () => {
  it('has these commands', () => {
    expect(commands.map((command) => command.name()).toSorted()).toEqual([
      ...['cancel', 'give-back', 'install', 'rate', 'remove', 'resolve', 'run', 'run'],
      ...['schedule', 'status', 'watch', 'worker'],
    ]);
  });

  it.each(commands.map((command) => [command.name(), command] as const))(
    '%s has every door',
    (_, command) => {
      expect(optionsOf(command)).toEqual(expect.arrayContaining(DOORS));
    },
  );

  it.each(['status', 'watch', 'cancel', 'give-back', 'resolve', 'rate'])(
    '%s takes a workflow id as such',
    (name) => {
      const command = commands.find((one) => one.name() === name);
      expect(command && optionsOf(command)).toContain('--id');
    },
  );
});
