// `make soak`: at least 10,000 seeded runs on the simulation driver, one process per core, ending in `runs=N violations=0`.
// RUNS=n and FROM=seed change the range; SEED=n replays one seed with its story, MINIMAL=1 the smallest schedule that still fails.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { carryOut, createLaboratory, story } from '../test/simulation/laboratory.js';
import { scenarioOf, scheduleLines } from '../test/simulation/soak/schedule.js';
import { shrink } from '../test/simulation/soak/shrink.js';
import { kindLines, neverStruck } from '../test/simulation/world/kinds.js';
import { emptySweep, pointsOf, range, sweep, type Sweep } from '../test/simulation/soak/sweep.js';

const RUNS = 10_000;
/** Seeds a process takes at a time; it says which before it begins. */
const BATCH = 25;

const numberOf = (name: string, otherwise: number): number =>
  Number(process.env[name] ?? otherwise);

async function replay(seed: number): Promise<void> {
  const vm = await createLaboratory({ traces: true });
  const drawn = scenarioOf(seed, await pointsOf(vm));
  const scenario = process.env['MINIMAL'] === undefined ? drawn : await shrink(vm, drawn);
  const outcome = await carryOut(vm, scenario);
  console.log([...scheduleLines(scenario), story(outcome)].join('\n'));
  process.exitCode = outcome.violations.length === 0 ? 0 : 1;
  await vm.close();
}

/** A child: answers one line of JSON for each batch. */
async function batches(from: number, to: number, step: number): Promise<void> {
  const vm = await createLaboratory();
  const points = await pointsOf(vm);
  for (let at = from; at < to; at += step * BATCH) {
    console.error(`seeds ${at} to ${Math.min(to, at + BATCH) - 1}`);
    console.log(
      JSON.stringify(await sweep(vm, { seeds: range(at, Math.min(to, at + BATCH)), points })),
    );
  }
  await vm.close();
}

async function soak(): Promise<void> {
  const [from, runs, workers] = [
    numberOf('FROM', 1),
    numberOf('RUNS', RUNS),
    numberOf('WORKERS', availableParallelism()),
  ];
  const began = process.hrtime.bigint();
  const total = emptySweep();
  const seconds = (): number => Number((process.hrtime.bigint() - began) / 1_000_000_000n);
  const child = async (index: number): Promise<void> => {
    const range = [from + index * BATCH, from + runs, workers].map(String);
    const process_ = execa('npx', ['tsx', fileURLToPath(import.meta.url), 'batches', ...range], {
      stderr: 'ignore',
    });
    for await (const line of process_) {
      const part = JSON.parse(line) as Sweep;
      add(total, part);
      for (const { seed, violations } of part.failing)
        console.log(`seed ${seed}: ${violations[0]?.split('\n')[0] ?? ''}`);
      console.log(
        `${total.runs} of ${runs} runs, ${total.copies} copies, ${total.failing.length} violations, ${seconds()} s`,
      );
    }
    await process_;
  };
  await Promise.all(Array.from({ length: workers }, (_, index) => child(index)));
  await tell(total);
}

function add(total: Sweep, part: Sweep): void {
  total.runs += part.runs;
  total.copies += part.copies;
  total.events += part.events;
  total.failing.push(...part.failing);
  for (const kind of ['struck', 'kinds', 'ends'] as const)
    for (const [name, times] of Object.entries(part[kind]))
      total[kind][name] = (total[kind][name] ?? 0) + times;
}

/** In so many runs every kind strikes, or the sweep is not what it says. */
const ALL_KINDS_IN = 2_000;

async function tell({ runs, copies, events, struck, kinds, ends, failing }: Sweep): Promise<void> {
  const faults = Object.values(struck).reduce((sum, times) => sum + times, 0);
  console.log(
    `${copies} copies, ${events} events; ${faults} faults struck, ${Object.keys(struck).length} kinds of fault and place`,
  );
  console.log(['how often each kind struck:', ...kindLines(kinds)].join('\n'));
  const missing = runs < ALL_KINDS_IN ? [] : neverStruck(kinds);
  if (missing.length > 0) console.log(`NEVER STRUCK: ${missing.join(', ')}`);
  console.log(
    `copies ended: ${Object.entries(ends)
      .map(([status, times]) => `${status} ${times}`)
      .join(', ')}`,
  );
  if (failing.length > 0) {
    const vm = await createLaboratory();
    const points = await pointsOf(vm);
    for (const { seed, violations } of failing.slice(0, 5)) {
      const smallest = await shrink(vm, scenarioOf(seed, points));
      console.log(
        [
          `FAILED seed ${seed}`,
          ...violations,
          ...scheduleLines(smallest),
          `replay: make soak SEED=${seed}`,
        ].join('\n  '),
      );
    }
    await vm.close();
  }
  console.log(`runs=${runs} violations=${failing.length}`);
  process.exitCode = failing.length === 0 && runs > 0 && missing.length === 0 ? 0 : 1;
}

const [mode, ...range_] = process.argv.slice(2);
const seed = process.env['SEED'];
if (mode === 'batches') await batches(...(range_.map(Number) as [number, number, number]));
else if (seed !== undefined && seed !== '') await replay(Number(seed));
else await soak();
