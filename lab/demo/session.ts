// One demo from source volumes to checked copies: used by `make demo` and by the tests that plant lies under it.
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { FlashCopyClient, type LiveReport } from '../../src/client/index.js';
import type { Report } from '../../src/domain/report.js';
import type { StepName } from '../../src/domain/steps.js';
import { createFlashCopyWorkers, type Wrap } from '../../src/worker/index.js';
import { guest } from '../guest.js';
import { uidOf } from '../data-plane/tgt.js';
import { labDirectory, inLab } from '../paths.js';
import { readState } from '../state.js';
import { labVolumes } from '../volumes.js';
import { checkCopy, type CheckedCopy } from './check.js';
import { byQuiesce, byUnmount, type DemoPair } from './requests.js';
import { prepareSource, readIdentity } from './source.js';
import { PACE_MS, startWriter } from './writer.js';

const MOUNTED_AT = '/backup/data';
/** Far from the pause the writers leave the emulated processors to the copy: both guests share what the machine has. */
const CALM_MS = 250;

export const uid = (name: string): string =>
  uidOf(labVolumes.find((volume) => volume.name === name)?.id ?? -1);
const pairs: readonly DemoPair[] = [1, 2].map((n) => ({
  source: `db_data${n}`,
  target: `db_copy${n}`,
  targetUid: uid(`db_copy${n}`),
}));

export const source1 = guest(labDirectory, 'source1');
export const backup1 = guest(labDirectory, 'backup1');

export const setUpSource = () =>
  prepareSource(
    source1,
    pairs.map(({ source }) => uid(source)),
  );
/** Their acknowledgements are in `log` of the lab's directory: a new one each time they are started, for what is cut off at their end is a hole. */
export const startWriters = (log = 'acknowledgements.log', paceMs?: number) =>
  startWriter(source1, inLab(log), paceMs);
export type Writers = Awaited<ReturnType<typeof startWriters>>;

export interface DemoCopy {
  readonly report: Report;
  readonly checked: CheckedCopy;
}

export interface DemoWorker {
  readonly client: FlashCopyClient;
  stop(): Promise<void>;
}

/** Where a worker's Temporal server is, and by which inventory it reaches array and guests; default: the lab's own. */
export interface Surroundings {
  readonly address?: string;
  readonly inventoryFile?: string;
}

/** A worker of the demo's own. `wrap` is how tests put lies beneath the library. */
export async function startDemoWorker(
  wrap: Wrap = {},
  around: Surroundings = {},
): Promise<DemoWorker> {
  quietly();
  const {
    address = `127.0.0.1:${readState().ports['temporal']}`,
    inventoryFile = inLab('inventory.yaml'),
  } = around;
  const connection = await NativeConnection.connect({ address });
  const worker = await createFlashCopyWorkers({ connection, inventoryFile, wrap });
  const running = worker.run();
  running.catch(() => undefined);
  const client = await FlashCopyClient.connect({ address });
  return {
    client,
    async stop() {
      await client.close();
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

/** Copies by one method, then checks what backup1 has. Throws what the library throws; a wrong copy is in `checked.findings`. */
export async function copyAndCheck(
  method: 'unmount' | 'quiesce',
  parts: {
    readonly client: FlashCopyClient;
    readonly writers: Writers;
    readonly show: (report: LiveReport) => void;
  },
): Promise<DemoCopy> {
  parts.writers.pace(CALM_MS);
  // Read while the copy is planned, long before it touches the source.
  const [before, copy] = await Promise.all([
    readIdentity(source1),
    parts.client.start(method === 'unmount' ? byUnmount(pairs) : byQuiesce(pairs)),
  ]);
  for await (const report of copy.follow()) {
    parts.writers.pace(nearPause(report) ? PACE_MS : CALM_MS);
    parts.show(report);
  }
  const report = await copy.result();
  const acknowledgements = await parts.writers.acknowledgements();
  const [checked, after] = await Promise.all([
    checkCopy(backup1, MOUNTED_AT, { report, acknowledgements }),
    readIdentity(source1),
  ]);
  const changed =
    JSON.stringify(before) === JSON.stringify(after)
      ? []
      : ['changed: the source has another identity'];
  return { report, checked: { ...checked, findings: [...checked.findings, ...changed] } };
}

/** From the array's own preparation to the grade: what is found there must have been written at full pace. */
function nearPause({ steps }: LiveReport): boolean {
  const begun = (name: StepName) => steps.some((step) => step.name === name);
  return begun('prepare') && !begun('backgroundCopy');
}

let quiet = false;
/** Once per process: people read the copy's own words, not the worker's. */
function quietly(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}
