// Faults on demand for the running array: left in a file, taken by its process at SIGHUP. What a real array and its network do at the worst moment.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Fault, Faults } from '../src/simulator/index.js';
import { inLab } from './paths.js';
import { runningProcess } from './processes.js';
import { until } from './until.js';

const file = () => inLab('faults.json');

/** In place of those armed before; none ends them all. Returns when the array has them. */
export async function armFaults(...faults: Fault[]): Promise<void> {
  const array = runningProcess('array');
  if (array === undefined) throw new Error('the lab has no running array');
  await writeFile(file(), JSON.stringify(faults));
  process.kill(array.pid, 'SIGHUP');
  await until('the array to take its faults', { within: 10_000, every: 20 }, () =>
    Promise.resolve(!existsSync(file()) || undefined),
  );
}

/** The other side, in the array's own process. */
export function takeFaults(faults: Faults): void {
  process.on('SIGHUP', () => {
    faults.clear();
    for (const fault of JSON.parse(readFileSync(file(), 'utf8')) as Fault[]) faults.add(fault);
    rmSync(file());
  });
}
