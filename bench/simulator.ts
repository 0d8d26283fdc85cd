// `npm run bench:simulator`: a simulated array of 2,000 volumes of 1 TiB with 500 copies that run,
// in both stores: the time of every command, the memory of its process, the time of a
// restart, and what a kill -9 in the middle of commands loses.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { COPIES, STORES, type Store } from './simulator/shape.js';
import { timeCommands, type Timed } from './simulator/commands.js';
import { startArray } from './simulator/process.js';
import { killedAndBack, type Survived } from './simulator/killed.js';

const RESULTS = 'bench/results';
const GOAL = { commandMs: 100, rssMiB: 500, restartMs: 3000 };

interface Figures {
  readonly store: Store;
  readonly timed: readonly Timed[];
  readonly rssMiB: number;
  readonly killed: Survived;
}

const figures = [];
for (const store of STORES) figures.push(await measure(store));
await mkdir(RESULTS, { recursive: true });
await writeFile(`${RESULTS}/simulator.csv`, csv(figures));
for (const figure of figures) print(figure);
process.exitCode = figures.every(isMet) ? 0 : 1;

async function measure(store: Store): Promise<Figures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-simulator-'));
  try {
    const array = await startArray(store, dataDir);
    const timed = await timeCommands(array);
    const rssMiB = await array.mostRssMiB();
    return { store, timed, rssMiB, killed: await killedAndBack(array, store, dataDir) };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function slowest(timed: readonly Timed[]): Timed {
  return timed.reduce((most, one) => (one.ms > most.ms ? one : most));
}

function isMet({ timed, rssMiB, killed }: Figures): boolean {
  return (
    slowest(timed).ms < GOAL.commandMs &&
    rssMiB < GOAL.rssMiB &&
    Math.max(...killed.restartsMs) < GOAL.restartMs &&
    killed.lost.length === 0
  );
}

function print({ store, timed, rssMiB, killed }: Figures): void {
  const worst = slowest(timed);
  const restart = Math.max(...killed.restartsMs);
  const [load = 0] = loadavg();
  console.log(
    `\n${store}: 2,000 volumes of 1 TiB, ${COPIES} copies that run (load ${load.toFixed(1)})`,
  );
  for (const { line, ms, cpuMs, slowestMs } of timed)
    console.log(
      `  ${ms.toFixed(1).padStart(7)} ms (slowest ${slowestMs.toFixed(0).padStart(4)}, cpu ${cpuMs.toFixed(0).padStart(3)})  ${line}`,
    );
  console.log(
    `  slowest ${of(worst.ms, GOAL.commandMs, 'ms')} (${worst.line}), ` +
      `memory ${of(rssMiB, GOAL.rssMiB, 'MiB')}, ` +
      `restart ${of(restart, GOAL.restartMs, 'ms')}; ${killed.kills} kills, ` +
      `${killed.answered} changes answered, lost: ${killed.lost.join(', ') || 'none'}`,
  );
}

function of(value: number, goal: number, unit: string): string {
  return `${value.toFixed(0)} ${unit} = ${(value / goal).toFixed(2)} of the goal`;
}

function csv(all: readonly Figures[]): string {
  const rows = all.flatMap(({ store, timed, rssMiB, killed }) => [
    ...timed.map(({ line, ms, slowestMs }) => [
      store,
      line.replaceAll(',', ' '),
      ms.toFixed(1),
      slowestMs.toFixed(1),
    ]),
    [store, 'rss_mib', rssMiB.toFixed(0), ''],
    [store, 'restart_ms', Math.max(...killed.restartsMs).toFixed(0), ''],
    [store, 'lost_after_kill', String(killed.lost.length), ''],
  ]);
  return `store,what,value,slowest\n${rows.map((row) => row.join(',')).join('\n')}\n`;
}
