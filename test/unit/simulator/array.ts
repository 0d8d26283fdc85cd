// A small simulated array for tests, with a clock that moves only when told (or when somebody sleeps).
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/domain/clock.js';
import {
  createSystem,
  type SimulatedSystem,
  type SystemOptions,
} from '../../../src/simulator/index.js';

export class TestClock implements Clock {
  private ms = Date.UTC(2026, 10, 24, 1, 2, 3);

  now(): number {
    return this.ms;
  }

  advance(ms: number): void {
    this.ms += ms;
  }

  sleep(ms: number): Promise<void> {
    this.ms += ms;
    return new Promise((resolve) => setImmediate(resolve)); // files need a turn of the event loop
  }
}

export const MIB = 2 ** 20;
export const GRAIN = 256 * 1024;

export interface TestArray extends SimulatedSystem {
  readonly clock: TestClock;
  /** Standard output of a line that must succeed. */
  ok(line: string): Promise<string>;
  /** The CMMVC code a line is refused with, '' when it succeeds. */
  code(line: string): Promise<string>;
  /** Attribute of a detailed view. */
  attribute(line: string, name: string): Promise<string>;
  read(vdisk: string, offset: number, length: number): Promise<string>;
  write(vdisk: string, offset: number, text: string): Promise<void>;
}

/** Volumes a, b, c, d of 4 MiB (16 grains of 256 KiB), all mapped to host h1. */
export async function testArray(
  options: Partial<SystemOptions> = {},
  volumes = ['a', 'b', 'c', 'd'],
): Promise<TestArray> {
  const clock = new TestClock();
  const system = await createSystem({
    clock,
    config: {
      system: { name: 'svc1' },
      users: [{ name: 'superuser', password: 'secret' }],
      pools: [{ name: 'Pool0', capacity: '1GiB' }],
      volumes: volumes.map((name) => ({ name, pool: 'Pool0', size: '4MiB' })),
      hosts: [{ name: 'h1', iqn: 'iqn.2026-01.test:h1' }],
    },
    ...options,
  });
  // As if killed for whoever does not close it: another one may go on in its folder.
  if (options.dataDir !== undefined) onTestFinished(() => system.close().catch(() => undefined));
  const ok = async (line: string): Promise<string> => {
    const answer = await system.execute(line);
    if (answer.exitCode !== 0) throw new Error(`${line}: ${answer.stderr}`);
    return answer.stdout;
  };
  const code = async (line: string): Promise<string> =>
    (await system.execute(line)).stderr.split(' ')[0] ?? '';
  for (const name of volumes) await code(`mkvdiskhostmap -host h1 ${name}`);
  return {
    ...{ ...system, clock, ok, code },
    attribute: async (line, name) => {
      const found = (await ok(`${line} -delim !`))
        .split('\n')
        .find((text) => text.startsWith(`${name}!`));
      return found?.slice(name.length + 1) ?? 'no such attribute';
    },
    read: async (vdisk, offset, length) =>
      Buffer.from(await system.volumeIo.read({ vdisk, host: 'h1', offset, length })).toString(
        'latin1',
      ),
    write: (vdisk, offset, text) =>
      system.volumeIo.write({ vdisk, host: 'h1', offset, data: Buffer.from(text, 'latin1') }),
  };
}

/** prestart, the time a flush takes, start. */
export async function takeCopy(array: TestArray, group: string): Promise<void> {
  await array.ok(`prestartfcconsistgrp ${group}`);
  await array.settled();
  array.clock.advance(2000);
  await array.ok(`startfcconsistgrp ${group}`);
  await array.settled();
}
