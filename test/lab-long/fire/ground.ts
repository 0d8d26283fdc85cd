// Where fires are laid: the lab's source with writers on it, wires that can be cut, a worker and a Temporal server that can be killed.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { FlashCopyClient } from '../../../src/client/index.js';
import { source1, startWriters, type Writers } from '../../../lab/demo/session.js';
import { WRITER_UNIT } from '../../../lab/demo/writer.js';
import { armFaults } from '../../../lab/faults.js';
import { inLab } from '../../../lab/paths.js';
import { freePorts } from '../../../lab/ports.js';
import { readState } from '../../../lab/state.js';
import { until } from '../../../lab/until.js';
import { pairs } from '../../lab/copies.js';
import { startServer, startWorker, type Killable } from './processes.js';
import { layWire, type Wire } from './wire.js';

export type Method = 'quiesce' | 'unmount';

/** Short patience, so that a deadline is reached in a test. */
export const request = (method: Method, rate = 150) => ({
  ...{
    name: 'fire',
    array: 'svc-lab',
    volumes: pairs([1, 1], [2, 2]),
    maxPause: '10s',
    maxOutage: '40s',
  },
  sources: [{ host: 'source1', method, ...(method === 'unmount' ? { units: [WRITER_UNIT] } : {}) }],
  copy: { incremental: true, rate },
});

export interface Ground {
  readonly address: string;
  readonly client: FlashCopyClient;
  readonly writers: Writers;
  readonly wires: { readonly source1: Wire; readonly array: Wire };
  killWorker(): Promise<void>;
  startWorker(): Promise<void>;
  killServer(): Promise<void>;
  startServer(): Promise<void>;
  close(): Promise<void>;
}

export async function layGround(): Promise<Ground> {
  const { ports } = readState();
  const about = JSON.parse(await readFile(inLab('array.json'), 'utf8')) as { port: number };
  const wires = { source1: await layWire(ports['source1'] ?? 0), array: await layWire(about.port) };
  const inventoryFile = inLab('fire-inventory.yaml');
  const inventory = await readFile(inLab('inventory.yaml'), 'utf8');
  await writeFile(
    inventoryFile,
    inventory
      .replace(`127.0.0.1:${ports['source1']},`, `127.0.0.1:${wires.source1.port},`)
      .replace(`127.0.0.1:${about.port},`, `127.0.0.1:${wires.array.port},`),
  );
  await rm(inLab('fire.db'), { force: true });
  const { temporal } = await freePorts(['temporal']);
  const address = `127.0.0.1:${temporal}`;
  let server: Killable = await startServer(temporal);
  let worker: Killable = await startWorker(address, inventoryFile);
  await source1.sh(`systemctl stop ${WRITER_UNIT}`);
  const writers = await startWriters('acknowledgements-fire.log', PACE_MS);
  const client = await FlashCopyClient.connect({ address });
  return {
    ...{ address, client, writers, wires },
    killWorker: () => worker.kill(),
    startWorker: async () => void (worker = await startWorker(address, inventoryFile)),
    killServer: () => server.kill(),
    startServer: async () => void (server = await startServer(temporal)),
    async close() {
      await client.close();
      await worker.kill();
      await server.kill();
      await armFaults();
      await source1.sh(`systemctl stop ${WRITER_UNIT}`);
      await writers.close();
      for (const wire of Object.values(wires)) wire.close();
    },
  };
}

/** For an hour the file system must hold what they write. */
const PACE_MS = 100;
/** Nobody has written for so long. */
const STILL_MS = 9 * PACE_MS;

/** Comes back once the writers stand still. */
async function standsStill(writers: Writers): Promise<void> {
  let seen = (await writers.acknowledgements()).length;
  let since = performance.now();
  await until('the writers to stand still', { within: 60_000, every: 50 }, async () => {
    const now = (await writers.acknowledgements()).length;
    if (now !== seen) [seen, since] = [now, performance.now()];
    return performance.now() - since > STILL_MS || undefined;
  });
}

/** Comes back in the middle of a pause: the writers stand still, and an unmount is done and held. */
export async function inThePause(writers: Writers, method: Method): Promise<void> {
  await standsStill(writers);
  if (method === 'unmount')
    await until('the devices to be held', { within: 60_000 }, () =>
      source1
        .sh(
          'for run in /run/flashcopy/runs/*; do [ -e $run/ended ] || ! [ -e $run/down ] || exit 0; done; exit 1',
        )
        .catch(() => undefined),
    );
}

/** ms until both writers write again, counted from this call. A writer's records come in pairs of instances. */
export async function writesAgain(writers: Writers, within: number): Promise<number> {
  const began = performance.now();
  const before = (await writers.acknowledgements()).length;
  await until('the writers to write again', { within, every: 50 }, async () => {
    const fresh = (await writers.acknowledgements()).slice(before);
    return (
      [1, 2].every((one) => fresh.filter(({ instance }) => instance === one).length >= 2) ||
      undefined
    );
  });
  return Math.round(performance.now() - began);
}
