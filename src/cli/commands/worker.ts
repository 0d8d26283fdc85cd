// `flashcopy worker`: serves both queues until it is told to stop; pauses under way are finished first.
import type { Command } from 'commander';
import { FlashCopyError } from '../../domain/errors.js';
import { perform, withTemporal, type CommandFlags } from '../command.js';
import { EXIT } from '../exit-code.js';
import { untilInterrupted } from '../interrupt.js';
import { loadInventory } from '../inventory.js';
import type { Output } from '../output.js';
import { startOwnWorker } from '../own-worker.js';
import { requireTemporal } from '../temporal.js';

type WorkerFlags = CommandFlags & { readonly inventory: string };

export function addWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('serve copies until stopped (SIGTERM, Ctrl-C)');
  withTemporal(command).action((flags: CommandFlags) =>
    perform(flags.json, (output) => serve(withInventoryFile(flags), output)),
  );
}

function withInventoryFile({ inventory, ...flags }: CommandFlags): WorkerFlags {
  if (inventory !== undefined) return { ...flags, inventory };
  const message = 'give --inventory FILE: a worker serves its arrays and hosts';
  throw new FlashCopyError({ family: 'request', code: 'NO_INVENTORY', message });
}

async function serve(flags: WorkerFlags, output: Output): Promise<number> {
  const inventory = loadInventory(flags.inventory, output);
  const place = requireTemporal(flags, inventory.temporal);
  const worker = await startOwnWorker(place, inventory, 'INFO');
  const interrupted = untilInterrupted();
  const { queues } = worker;
  output.note(`worker ready: queues ${queues.join(' and ')} at ${place.address}`);
  await Promise.race([interrupted, worker.ended]);
  await worker.stop();
  output.answer({ stopped: true, queues }, []);
  return EXIT.done;
}
