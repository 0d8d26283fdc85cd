// `flashcopy run`: one copy from its request to its end, with a worker and, where there is none, a Temporal server of its own.
import { flashcopyCommand } from '../../domain/command-line.js';
import type { Command } from 'commander';
import type { CopyHandle, FlashCopyClient, FlashCopyRequestInput } from '../../client/index.js';
import { parseRequest } from '../../config/request.js';
import { aboutRequest } from '../../domain/about.js';
import { answerReport, perform, withTemporal, type CommandFlags } from '../command.js';
import { readOrder, type Inventory } from '../inventory.js';
import type { Output } from '../output.js';
import { Hands } from '../hands.js';
import { keepingInterrupts } from '../interrupt.js';
import { startOwnWorker } from '../own-worker.js';
import {
  findOrStartTemporal,
  isServed,
  runLink,
  startOwnTemporal,
  withClient,
  type TemporalPlace,
} from '../temporal.js';
import { watchRun, type Interruption } from '../watch-run.js';

interface RunFlags extends CommandFlags {
  readonly worker: boolean;
  readonly models?: boolean;
}

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('carry out one copy and show it until its end')
    .argument('<request>', 'YAML or JSON file')
    .option('--no-worker', 'leave the work to workers that run elsewhere')
    .option(
      '--models',
      'on model hosts and a simulated array in this process: nothing real is touched',
    );
  withTemporal(command).action((file: string, flags: RunFlags) =>
    perform(flags.json, (output) => run(file, flags, output)),
  );
}

async function run(file: string, flags: RunFlags, output: Output): Promise<number> {
  const { request, inventory } = await readOrder(file, flags, output);
  // A request for models must never reach workers that serve real machines: models get a server of their own.
  const place =
    flags.models === true
      ? await startOwnTemporal(output)
      : await findOrStartTemporal(flags, inventory.temporal ?? {}, output);
  try {
    return await withClient(place, (client) =>
      runWith({ client, place, request, inventory, flags, output }),
    );
  } finally {
    await place.stop();
  }
}

interface RunParts {
  readonly client: FlashCopyClient;
  readonly place: TemporalPlace;
  readonly request: unknown;
  readonly inventory: Inventory;
  readonly flags: RunFlags;
  readonly output: Output;
}

async function runWith(parts: RunParts): Promise<number> {
  const { client, place, request, inventory, flags, output } = parts;
  const hands = new Hands(() => startOwnWorker(place, inventory));
  try {
    if (await needsWorker(parts)) await hands.employ();
    const { value: copy, interrupted } = await keepingInterrupts(() =>
      client.start(request as FlashCopyRequestInput),
    );
    if (interrupted) await copy.cancel();
    const link = runLink(place, copy);
    output.note(aboutRequest(parseRequest(request)));
    output.note(
      `run ${copy.workflowId} ${copy.runId ?? ''}${link === undefined ? '' : `\n${link}`}`,
    );
    if (!hands.atWork && flags.worker)
      hands.standIn(copy, client, () =>
        output.note(
          'no worker took the run: those of this queue are gone; this command works itself',
        ),
      );
    const watched = watchRun(
      copy,
      output,
      interruption(copy, () => hands.atWork),
    );
    return answerReport(output, await Promise.race([watched, hands.failed]));
  } finally {
    await hands.stop();
  }
}

async function needsWorker({ flags, place, client, output }: RunParts): Promise<boolean> {
  if (!flags.worker) return false;
  if (place.own || !(await isServed(client))) return true;
  output.note(
    `workers serve the queue ${place.taskQueue} already, with an inventory of their own; this command only follows`,
  );
  return false;
}

function interruption(copy: CopyHandle, worksHere: () => boolean): Interruption {
  const end = (): string =>
    worksHere()
      ? 'the run waits for a worker; hosts give back by themselves at their deadline'
      : 'the run goes on';
  return {
    first(view) {
      view.note('stopping: what was done is being undone; Ctrl-C again leaves the run alone');
      copy.cancel().catch((error: unknown) => {
        view.note(
          `the run could not be asked to stop: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
      return false;
    },
    detachedNote: () =>
      `detached from ${copy.workflowId}: ${end()}; see: ${flashcopyCommand('watch', copy.workflowId)}`,
  };
}
