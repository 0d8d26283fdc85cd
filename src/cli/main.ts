#!/usr/bin/env node
// The command line: each command in a file of its own, thin over client and worker.
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { addCodecServer } from './commands/codec-server.js';
import { addDoctor } from './commands/doctor.js';
import { addExistingRun } from './commands/existing-run.js';
import { addJanitor } from './commands/janitor.js';
import { addPlan } from './commands/plan.js';
import { addRate } from './commands/rate.js';
import { addResolve } from './commands/resolve.js';
import { addRun } from './commands/run.js';
import { addSchedule } from './commands/schedule.js';
import { addSimulator } from './commands/simulator.js';
import { addWorker } from './commands/worker.js';
import { errorData, FlashCopyError } from '../domain/errors.js';
import { EXIT, EXIT_CODES_LINE } from './exit-code.js';
import { createOutput } from './output.js';
import { endAfterLastWord, survivePipes } from './streams.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const program = new Command('flashcopy')
  .version(version)
  .description('SVC FlashCopy end to end, on the array and on the hosts')
  .addHelpText('after', `\n${EXIT_CODES_LINE}`)
  .exitOverride();

for (const add of [
  addRun,
  addPlan,
  addExistingRun,
  addResolve,
  addRate,
  addSchedule,
  addJanitor,
  addWorker,
  addSimulator,
  addDoctor,
  addCodecServer,
])
  add(program);

survivePipes();
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.invalid;
  // Commander has said it on standard error; scripts get their document all the same.
  if (error.exitCode !== 0 && process.argv.includes('--json')) {
    const usage = new FlashCopyError({
      family: 'request',
      code: 'INVALID_USAGE',
      message: error.message,
    });
    createOutput(true).answer({ error: errorData(usage) }, []);
  }
}
endAfterLastWord();
