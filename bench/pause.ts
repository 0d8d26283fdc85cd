// `npm run bench:pause [ROUNDS] [VOLUMES]`: the longest gap a writer on the source host sees, in the lab, method quiesce, one volume and then four.
// Paired rounds: the library, then the floor (freeze, wait as long as the array's own start took in this very round, thaw, inside the guest), then scripts.
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { source1, startDemoWorker, uid, type DemoWorker } from '../lab/demo/session.js';
import { prepareSource } from '../lab/demo/source.js';
import { source } from '../lab/paths.js';
import { lastStartMs, prepareByHand } from './pause/array.js';
import { benchWriter, type BenchWriter } from './pause/bench-writer.js';
import { floorRound } from './pause/floor.js';
import { libraryRound } from './pause/library.js';
import { coolDown, scriptRound, warmUp } from './pause/shell-script.js';
import { ratios, summarise } from './pause/statistics.js';
import { longestGap, waitsAround } from './pause/writer-gap.js';

const ROUNDS = Number(process.argv[2] ?? 50);
/** A script with new connections takes seconds a round, and its figure is far away. */
const NEW_CONNECTION_ROUNDS = 10;
/** Few first: a group grows, and the plan refuses a request that names less than its group holds. */
const VOLUMES = (process.argv[3] ?? '1,4')
  .split(',')
  .map(Number)
  .sort((a, b) => a - b);
const RESULTS = 'bench/results';
const KINDS = ['floor', 'library', 'multiplexed', 'new'] as const;
type Kind = (typeof KINDS)[number];
type Gaps = Record<Kind, number[]>;

await mkdir(RESULTS, { recursive: true });
await execa('npx', ['tsx', source('up.ts')], { stdio: 'inherit' });
for (const volumes of VOLUMES) await bench(volumes);

async function bench(volumes: number): Promise<void> {
  await prepareSource(
    source1,
    Array.from({ length: volumes }, (_, index) => uid(`db_data${index + 1}`)),
  );
  const writer = await benchWriter(volumes);
  const worker = await startDemoWorker();
  await warmUp();
  const csv = `${RESULTS}/pause-${volumes}.csv`;
  await writeFile(csv, 'round,kind,gap_ms,array_start_ms,reported_ms,before_ms,after_ms,load1\n');
  const gaps: Gaps = { floor: [], library: [], multiplexed: [], new: [] };
  try {
    await libraryRound(worker.client, volumes); // creates mappings and group; not counted
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const { kind, gap, startMs, held } of await pairedRound(round, {
        volumes,
        writer,
        worker,
      })) {
        gaps[kind].push(gap);
        await appendFile(
          csv,
          `${[round, kind, gap, startMs, ...held, (loadavg()[0] ?? 0).toFixed(2)].join(',')}\n`,
        );
      }
    }
  } finally {
    await coolDown();
    await worker.stop();
    await writer.stop();
    await source1.sh(
      'umount /data; vgremove -qq -f -y vg_data; pvs --noheadings -o pv_name | xargs -r pvremove -qq -y',
    );
  }
  print(volumes, gaps);
}

type Acknowledgements = Awaited<ReturnType<BenchWriter['acknowledgements']>>;
interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reportedMs?: number;
}

interface Row {
  readonly kind: Kind;
  readonly gap: number;
  readonly startMs: number;
  /** Of the library alone: what its report says of the pause (freeze to thaw, by the holder), and what the writer waited before and after that. */
  readonly held: readonly [reportedMs: number | '', beforeMs: number | '', afterMs: number | ''];
}

async function pairedRound(
  round: number,
  parts: { readonly volumes: number; readonly writer: BenchWriter; readonly worker: DemoWorker },
): Promise<Row[]> {
  const { volumes, writer, worker } = parts;
  const rows: Row[] = [];
  const measured = async (kind: Kind, run: () => Promise<Window>) => {
    const window = await run();
    await delay(1_500); // the writer goes on a while, so that the gap has two ends
    const startMs = await lastStartMs();
    const acknowledged = await writer.acknowledgements();
    rows.push({
      kind,
      gap: longestGap(acknowledged, window),
      startMs,
      held: heldIn(acknowledged, window),
    });
    return startMs;
  };
  await writer.startAfresh();
  const startMs = await measured('library', () => libraryRound(worker.client, volumes));
  await measured('floor', () => floorRound(startMs));
  const group = await prepareByHand();
  await measured('multiplexed', () => scriptRound('multiplexed', group));
  if (round <= NEW_CONNECTION_ROUNDS) {
    await prepareByHand();
    await measured('new', () => scriptRound('new', group));
  }
  return rows;
}

function heldIn(acknowledged: Acknowledgements, { reportedMs, ...window }: Window): Row['held'] {
  if (reportedMs === undefined) return ['', '', ''];
  const { beforeMs, afterMs } = waitsAround(acknowledged, window);
  return [reportedMs, beforeMs, afterMs];
}

function print(volumes: number, gaps: Gaps): void {
  const [one = 0, five = 0] = loadavg();
  console.log(
    `\n${volumes} volume${volumes === 1 ? '' : 's'}, longest gap seen by the writer, ms (load ${one.toFixed(1)} ${five.toFixed(1)})`,
  );
  for (const kind of KINDS) {
    const { rounds, median, p10, p90, min, max } = summarise(gaps[kind]);
    const ratio =
      kind === 'floor'
        ? ''
        : `  ${kind} ${summarise(ratios(gaps[kind], gaps.floor)).median.toFixed(2)} x floor`;
    console.log(
      `${kind.padEnd(12)} median ${median}  p10-p90 ${p10}-${p90}  min-max ${min}-${max}  rounds ${rounds}${ratio}`,
    );
  }
}
