// `flashcopy worker`: serves both queues until it is told to stop; pauses under way are finished first.
import type { Command } from 'commander';
import { perform, withTemporal } from '../command.js';
import { EXIT } from '../exit-code.js';
import { untilInterrupted } from '../interrupt.js';
import { loadInventory } from '../inventory.js';
import type { Output } from '../output.js';
import { startOwnWorker } from '../own-worker.js';
import { requireTemporal, type TemporalFlags } from '../temporal.js';

interface WorkerFlags extends TemporalFlags {
  readonly inventory: string;
}

export function addWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('serve copies until stopped (SIGTERM, Ctrl-C)')
    .requiredOption('--inventory <file>', 'arrays and hosts');
  withTemporal(command).action((flags: WorkerFlags) =>
    perform(false, (output) => serve(flags, output)),
  );
}

async function serve(flags: WorkerFlags, output: Output): Promise<number> {
  const inventory = loadInventory(flags.inventory, output);
  const place = requireTemporal(flags, inventory.temporal);
  const worker = await startOwnWorker(place, inventory, 'INFO');
  const interrupted = untilInterrupted();
  output.note(`worker ready: queues ${worker.queues.join(' and ')} at ${place.address}`);
  await Promise.race([interrupted, worker.ended]);
  await worker.stop();
  return EXIT.done;
}
