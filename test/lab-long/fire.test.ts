// Everything dies, in turn, on real kernels: whatever it is, the source writes again by its deadline, the copy ends truthfully, the next one succeeds.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setUpSource, source1 } from '../../lab/demo/session.js';
import { armFaults } from '../../lab/faults.js';
import { until } from '../../lab/until.js';
import { FlashCopyError } from '../../src/client/index.js';
import type { CopyHandle } from '../../src/client/index.js';
import { endOf, flashcopy, listed, removeCopies } from '../lab/copies.js';
import { lab } from '../lab/linux-host-lab.js';
import { killAt, killPoints, FIRES, type Fire } from './fire/fires.js';
import {
  inThePause,
  layGround,
  request,
  writesAgain,
  type Ground,
  type Method,
} from './fire/ground.js';
import { terminate } from './fire/harm.js';
import { makeBootable } from './fire/bootable.js';

/** A holder's deadline for these requests, and 5 s. */
const WRITES_WITHIN: Readonly<Record<Method, number>> = { quiesce: 30_000, unmount: 45_000 };
const AFTER_BOOT_MS = 60_000;
/** 1 MiB/s: what the writers changed takes seconds, a whole volume four minutes. */
const SLOWLY = 35;

let ground: Ground;
let runMs = 0;
let alight: CopyHandle | undefined;
const table: string[] = [];

async function ended(copy: CopyHandle): Promise<string> {
  try {
    return (await endOf(copy)).code;
  } catch (error) {
    if (error instanceof FlashCopyError) return error.code;
    throw error;
  }
}

/** Whoever tidies up after a copy that was terminated is named in LOCKED until it is done. */
async function nextCopy(tidiedBy: Fire['tidiedBy']): Promise<string> {
  if (tidiedBy === undefined) return ended(await ground.client.start(request('quiesce')));
  let code = '';
  await until('the next copy', { within: 150_000, every: 5_000 }, async () => {
    code = await ended(await ground.client.start(request('quiesce')));
    if (code !== 'LOCKED') return true;
    if (tidiedBy === 'janitor') await sendJanitor();
    return undefined;
  });
  return code;
}

/** As an operator would: 0 when nothing is left, 5 when something needs a person. */
async function sendJanitor(): Promise<void> {
  const { exitCode, stdout, stderr } = await flashcopy(
    'janitor',
    'run',
    '--address',
    ground.address,
  );
  console.log(stdout);
  expect([0, 5], stderr).toContain(exitCode);
}

async function light({ name, method, faults = [], slowly, ...fire }: Fire): Promise<void> {
  await armFaults(...faults);
  const { copy: how, ...asked } = request(method);
  const copy = await ground.client.start({
    ...asked,
    copy: slowly === true ? { ...how, rate: SLOWLY, waitFor: 'copied' } : how,
  });
  alight = copy;
  await (fire.when ?? (({ writers }) => inThePause(writers, method)))(ground, copy);
  const struck = performance.now();
  await fire.harm(ground, copy);
  const boot = Math.round(performance.now() - struck);
  const again = await writesAgain(
    ground.writers,
    fire.reboots === true ? AFTER_BOOT_MS : WRITES_WITHIN[method],
  );
  await fire.mend?.(ground);
  const code = await ended(ground.client.copy(copy.workflowId));
  const said = `${again} ms${fire.reboots === true ? ` after a boot of ${boot} ms` : ''}`;
  table.push(
    `${name.padEnd(42)} ${method.padEnd(8)} writes again after ${said.padEnd(36)} ${code || 'good copy'}`,
  );
  console.log(table.at(-1));
  expect(fire.ends, name).toContain(code);
  await armFaults();
  // Truly over: nothing prepared, nothing locked, nobody frozen.
  expect(await nextCopy(fire.tidiedBy)).toBe('');
  expect((await listed('lsfcconsistgrp'))[0].map((row) => row[2])).not.toContain('prepared');
}

beforeAll(async () => {
  await lab();
  await removeCopies();
  await source1.sh('mountpoint -q /data').catch(setUpSource);
  await makeBootable(source1);
  ground = await layGround();
  expect(await ended(await ground.client.start(request('quiesce')))).toBe('');
  const began = performance.now();
  expect(await ended(await ground.client.start(request('quiesce')))).toBe('');
  runMs = performance.now() - began;
});
afterAll(async () => {
  console.log(['', 'recovery on real kernels:', ...table].join('\n'));
  await ground.close();
  await removeCopies();
});

/** A fire that was not survived must not spread to the next one. */
async function putOut(): Promise<void> {
  await ground.killWorker();
  await ground.killServer();
  await ground.startServer();
  await ground.startWorker();
  for (const wire of Object.values(ground.wires)) wire.mend();
  await armFaults();
  if (alight !== undefined) await terminate(ground, alight).catch(() => undefined);
  await nextCopy('janitor');
}
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await putOut();
});

describe('on fire', () => {
  it.each(FIRES)('$name ($method)', { timeout: 600_000 }, light);

  it.each(
    killPoints(Math.random).map((share, at) => ({
      share,
      percent: Math.round(share * 100),
      method: at % 2 === 0 ? ('quiesce' as const) : ('unmount' as const),
    })),
  )('worker killed at $percent % of a run ($method)', { timeout: 600_000 }, ({ share, method }) =>
    light(killAt(share * runMs, method)),
  );
});
