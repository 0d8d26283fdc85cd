// An array as large as they get: ten thousand volumes, one group of 512 mappings, prepared at one instant.
import { systemClock } from '../../src/clock/system-clock.js';
import { createSystem, type SimulatedSystem } from '../../src/simulator/index.js';

const BATCH = 64;

/** Answers what a command prints; throws what it is refused with. */
export async function printed(array: SimulatedSystem, line: string): Promise<string> {
  const answer = await array.execute(line);
  if (answer.exitCode !== 0) throw new Error(`${line}: ${answer.stderr}`);
  return answer.stdout;
}

export async function createLargeArray(): Promise<SimulatedSystem> {
  const array = await createSystem({
    clock: systemClock,
    config: {
      system: { name: 'big', codeLevel: '8.3.0.0' },
      users: [{ name: 'u', password: 'p' }],
      pools: [{ name: 'P', capacity: '100TiB' }],
      volumes: [
        { name: 's', pool: 'P', size: '1MiB', count: 1000 },
        { name: 't', pool: 'P', size: '1MiB', thin: true, count: 8999 },
      ],
      hosts: [{ name: 'h', iqn: 'iqn.2026-01.test:h' }],
    },
  });
  await printed(array, 'mkfcconsistgrp -name g');
  for (let from = 1; from <= 512; from += BATCH) await printed(array, mappingsFrom(from));
  await printed(array, 'startfcconsistgrp -prep g');
  return array;
}

const mappingsFrom = (from: number): string =>
  Array.from({ length: BATCH }, (_, index) => from + index)
    .map((n) => `mkfcmap -name m${n} -source s${n} -target t${n} -consistgrp g -copyrate 0`)
    .join(';');
