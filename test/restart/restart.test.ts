// What the simulation cannot hold: a real worker killed, Temporal restarted with its database, activities paused, a new worker deployed.
// Batched: a copy stands in every step at once, one blow for all; then every promise is asked by state and by bytes.
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CELLS } from './cells.js';
import { end, start, violations, type Copy } from './copies.js';
import { kill, seen, Stage } from './stage.js';

let stage: Stage;
let worker: ChildProcess;
/** gRPC's. */
const NOT_FOUND = 5;
/** Copies on their way to their gates. */
const AT_ONCE = 12;

beforeAll(async () => {
  stage = await Stage.set(CELLS.map((_, at) => `app${at + 2}`));
  worker = await stage.hire();
});
afterAll(() => stage.strike());

const workflowIdOf = (at: number): string => `flashcopy/${stage.san.sources[at]!.name}`;

/** Starts one copy for each cell; resolves when every one of them waits where its cell says. */
async function parkAll(): Promise<Copy[]> {
  const copies: Copy[] = [];
  const missing = (): string =>
    CELLS.flatMap(({ at, when }, index) =>
      stage.parked.has(workflowIdOf(index)) ? [] : [`${when} ${at}`],
    ).join();
  for (const [at, cell] of CELLS.entries()) {
    stage.gates.set(workflowIdOf(at), { ...cell, workflowId: workflowIdOf(at) });
    copies.push(await start(stage, stage.san.sources[at]!, cell.method));
    // One ledger answers them all, at most ten at a time.
    await seen(missing, () => copies.length - stage.parked.size < AT_ONCE, 60_000);
  }
  await seen(missing, () => stage.parked.size === CELLS.length, 90_000);
  return copies;
}

async function askAll(what: string, copies: readonly Copy[]): Promise<void> {
  const began = performance.now();
  const ends = [];
  for (const copy of copies) ends.push(await end(stage, copy));
  const found = await violations(stage, ends);
  const counted = new Map<string, number>();
  for (const { report } of ends)
    counted.set(report.outcome, (counted.get(report.outcome) ?? 0) + 1);
  const outcomes = [...counted].map(([outcome, times]) => `${outcome} ${times}`).join(', ');
  const seconds = Math.round((performance.now() - began) / 1_000);
  console.log(
    `${what}: cells=${copies.length} violations=${found.length}; ${outcomes}; at rest after ${seconds} s`,
  );
  expect(found).toEqual([]);
}

describe(`a copy in every step (${CELLS.length} cells)`, () => {
  it('the worker is killed, and another one takes over', async () => {
    const copies = await parkAll();
    await kill(worker);
    stage.release();
    worker = await stage.hire();
    await askAll('worker killed', copies);
  });

  it('the Temporal server is killed and comes back with its database', async () => {
    const copies = await parkAll();
    await stage.server.restart();
    stage.release();
    await askAll('server restarted', copies);
  });

  it('every activity that runs is paused, and later unpaused', async () => {
    const copies = await parkAll();
    const paused: { workflowId: string; id: string }[] = [];
    for (const { handle } of copies) {
      const { raw } = await stage.client.workflow.getHandle(handle.workflowId).describe();
      for (const { activityId } of raw.pendingActivities ?? [])
        paused.push({ workflowId: handle.workflowId, id: activityId ?? '' });
    }
    const { workflowService } = stage.server.connection;
    const about = ({ workflowId, id }: (typeof paused)[number]) => ({
      ...{ namespace: 'default', execution: { workflowId }, identity: 'test', id },
    });
    let done = 0;
    for (const one of paused)
      await workflowService.pauseActivity(about(one)).then(
        () => (done += 1),
        // What runs beside the step of a cell may have ended since.
        (error: unknown) => expect(error).toMatchObject({ code: NOT_FOUND }),
      );
    expect(done).toBeGreaterThanOrEqual(CELLS.length);
    // Heartbeats bring the pause to the worker.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    stage.release();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    for (const one of paused)
      await workflowService.unpauseActivity(about(one)).catch(() => undefined);
    await askAll('activity paused', copies);
  });

  it('a new worker is deployed, and the old one stops in good order', async () => {
    const copies = await parkAll();
    const old = worker;
    worker = await stage.hire();
    const stopped = kill(old, 'SIGTERM');
    stage.release();
    await Promise.all([stopped, askAll('worker deployed anew', copies)]);
  });
});
