// `flashcopy run`: one copy from its request to its end, with a worker and, where there is none, a Temporal server of its own.
import type { Command } from 'commander';
import type { CopyHandle, FlashCopyClient } from '../../client/index.js';
import { parseRequest } from '../../config/request.js';
import { aboutRequest } from '../../domain/about.js';
import { answerReport, perform, withJson, withTemporal } from '../command.js';
import { readOrder, type Inventory } from '../inventory.js';
import type { Output } from '../output.js';
import { startOwnWorker } from '../own-worker.js';
import { standInFor } from '../stand-in.js';
import {
  findOrStartTemporal,
  isServed,
  runLink,
  startOwnTemporal,
  withClient,
  type TemporalFlags,
  type TemporalPlace,
} from '../temporal.js';
import { watchRun, type Interruption } from '../watch-run.js';

interface RunFlags extends TemporalFlags {
  readonly inventory?: string;
  readonly json?: boolean;
  readonly worker: boolean;
  readonly models?: boolean;
}

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('carry out one copy and show it until its end')
    .argument('<request>', 'YAML or JSON file')
    .option('--inventory <file>', 'arrays and hosts')
    .option('--no-worker', 'leave the work to workers that run elsewhere')
    .option(
      '--models',
      'on model hosts and a simulated array in this process: nothing real is touched',
    );
  withJson(withTemporal(command)).action((file: string, flags: RunFlags) =>
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
  let worker = (await needsWorker(parts)) ? await startOwnWorker(place, inventory) : undefined;
  let standIn: Promise<unknown> | undefined;
  try {
    const copy = await client.start(request);
    const link = runLink(place, copy);
    output.note(aboutRequest(parseRequest(request)));
    output.note(
      `run ${copy.workflowId} ${copy.runId ?? ''}${link === undefined ? '' : `\n${link}`}`,
    );
    if (worker === undefined && flags.worker) {
      standIn = standInFor(copy, client, () => {
        output.note(
          'no worker took the run: those of this queue are gone; this command works itself',
        );
        return startOwnWorker(place, inventory);
      }).then((started) => (worker = started));
      standIn.catch(() => undefined);
    }
    const report = await watchRun(
      copy,
      output,
      interruption(copy, () => worker !== undefined),
    );
    return answerReport(output, report);
  } finally {
    await standIn?.catch(() => undefined);
    await worker?.stop();
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
    },
    detachedNote: () =>
      `detached from ${copy.workflowId}: ${end()}; see: flashcopy watch ${copy.workflowId}`,
  };
}
