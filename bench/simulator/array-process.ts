// One simulated array in a process of its own: a line of a command in, a line of JSON out.
import { createInterface } from 'node:readline';
import { systemClock } from '../../src/clock/system-clock.js';
import { createSystem } from '../../src/simulator/index.js';
import type { Answered } from './process.js';
import { config, type Store } from './shape.js';

const [store, dataDir = ''] = process.argv.slice(2);

const say = (answer: Answered): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);

const began = performance.now();
const array = await createSystem({ clock: systemClock, config, store: store as Store, dataDir });
const ready = { exitCode: 0, stdout: '', stderr: '', rss: rss() };
say({ ms: performance.now() - began, cpuMs: 0, ...ready });
for await (const line of createInterface({ input: process.stdin })) {
  const [before, used] = [performance.now(), process.cpuUsage()];
  const { exitCode, stdout, stderr } = await array.execute(line);
  const ms = performance.now() - before;
  const { user, system } = process.cpuUsage(used);
  say({ ms, cpuMs: (user + system) / 1000, exitCode, stdout, stderr, rss: rss() });
}

function rss(): number {
  return process.resourceUsage().maxRSS / 1024;
}
