// `npm run bench:array`: what a copy costs the array, counted at the simulator, over SSH: commands by size of the group, for the first copy (which
// creates the mappings), for the next one of the same group once that is complete, and for one over a copy that still runs; bytes of a listing; sessions used. Virtual volumes, no hosts: hosts cost the same on any size.
// And how long the largest listings take: ten thousand volumes, a group of 512 mappings.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countCopy, type Cost } from './array/count-copy.js';
import { timeListings } from './array/time-listings.js';

const SIZES = (process.argv[2] ?? '1,16,128,512').split(',').map(Number);
const RESULTS = 'bench/results';
/** Goals of the issue: a copy of an existing group, and for each mapping that is created. */
const GOAL = { existing: 12, perMapping: 1 };

const lines = ['mappings,phase,commands,step_commands,bytes_answered,listing_bytes,sessions'];
const dataDir = await mkdtemp(join(tmpdir(), 'bench-array-'));
try {
  for (const size of SIZES)
    for (const cost of await countCopy(size, join(dataDir, String(size))))
      lines.push(line(size, cost));
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
await mkdir(RESULTS, { recursive: true });
await writeFile(`${RESULTS}/array.csv`, `${lines.join('\n')}\n`);
for (const { line: command, ms } of await timeListings())
  process.stdout.write(`${command} of 10,000 volumes: ${ms.toFixed(0)} ms (goal 1000)\n`);

function line(size: number, cost: Cost): string {
  const { phase, commands, byStep, bytes, listingBytes, sessions } = cost;
  const created = phase === 'first' ? size * GOAL.perMapping : 0;
  const steps = Object.entries(byStep)
    .map(([step, count]) => `${step} ${count}`)
    .join(' + ');
  process.stdout.write(
    `${size} mappings, ${phase} copy: ${commands} commands, ${commands - created} beyond the ${created} that create mappings (goal ${GOAL.existing}): ${steps}; ` +
      `${bytes} bytes answered, ${listingBytes} for one listing, ${sessions} sessions\n`,
  );
  return [size, phase, commands, steps, bytes, listingBytes, sessions].join(',');
}
