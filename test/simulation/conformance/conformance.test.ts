// Driver and real server play the same scripts and are compared: ends, results, failures, events. What the driver believes is measured here.
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devServer } from '../../workflow/temporal.js';
import { bundleCode, createVm, type Vm } from '../driver/sdk-vm.js';
import { createConformanceWorker, playOnDevServer } from './on-dev-server.js';
import { playOnDriver } from './on-driver.js';
import { SCENARIOS } from './scenarios.js';
import { essence, type Seen } from './seen.js';

let vm: Vm;
let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
/** Some at a time: each waits for real time, none needs much of the machine. */
const AT_A_TIME = 6;
const onServer = new Map<string, Promise<Seen>>();

beforeAll(async () => {
  const code = await bundleCode(fileURLToPath(new URL('./workflows.ts', import.meta.url)));
  vm = await createVm(code);
  env = await devServer();
  worker = await createConformanceWorker(env, code);
  running = worker.run();
  const lanes = Array.from({ length: AT_A_TIME }, () => Promise.resolve<unknown>(undefined));
  for (const [at, scenario] of SCENARIOS.entries()) {
    const seen = lanes[at % AT_A_TIME]!.then(() => playOnDevServer(env, scenario, `s${at}`));
    lanes[at % AT_A_TIME] = seen.catch(() => undefined);
    onServer.set(scenario.name, seen);
  }
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await env.teardown();
  await vm.close();
});

describe('driver and server agree', () => {
  it('holds at least fifty scenarios, no two of one name', () => {
    expect(SCENARIOS.length).toBeGreaterThanOrEqual(50);
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  });

  it.each(SCENARIOS)('$name', async (scenario) => {
    const driver = await playOnDriver(vm, scenario);
    const server = await onServer.get(scenario.name)!;
    expect(essence(driver)).toEqual(essence(server));
  });
});
