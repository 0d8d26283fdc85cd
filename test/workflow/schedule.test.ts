// Nightly copies on a real Temporal server: what a schedule promises is read back from the server.
import { Client } from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlashCopyClient, FlashCopyError, type CopySchedule } from '../../src/client/index.js';
import { systemClock } from '../../src/clock/system-clock.js';
import { clientRequest } from './client-request.js';

const HOUR_MS = 3_600_000;
let env: TestWorkflowEnvironment;
let client: FlashCopyClient;

beforeAll(async () => {
  env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: '.tools/bin/temporal' } },
  });
  client = new FlashCopyClient({ client: env.client });
});
afterAll(() => env.teardown());

const nightly = (id: string, changes: Partial<CopySchedule> = {}): CopySchedule => ({
  ...{ id, request: clientRequest(id), cron: '0 2 * * *', timezone: 'Europe/Berlin' },
  ...changes,
});

describe('a schedule of copies', () => {
  it('leaves out what overlaps, and makes up only what is at most two hours late', async () => {
    const handle = await client.scheduleFlashCopy(nightly('promises'));
    const { policies, spec, info } = await handle.describe();
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 2 * HOUR_MS });
    expect(spec.timezone).toBe('Europe/Berlin');
    const next = info.nextActionTimes[0];
    expect(next?.toLocaleString('sv', { timeZone: 'Europe/Berlin' })).toMatch(/ 02:00:00$/);
  });

  it('starts a run under the name of its set and the time, and leaves out the next ones while that runs', async () => {
    const { cron: _, timezone: _utc, ...rest } = nightly('started');
    const handle = await client.scheduleFlashCopy({ ...rest, every: '1s' });
    const run = await firstRun(handle);
    expect(run).toMatch(/^flashcopy\/started-\d{4}-\d\d-\d\dT/);
    const description = await env.client.workflow.getHandle(run).describe();
    expect(description).toMatchObject({ type: 'flashCopy', taskQueue: 'flashcopy' });
    // No worker serves the queue: the first run stays open.
    expect(
      await until(async () => (await handle.describe()).info.numActionsSkippedOverlap > 0),
    ).toBe(true);
    expect((await handle.describe()).info.runningActions).toHaveLength(1);
    expect(client.copy(run).workflowId).toBe(run);
  });

  it('of a wrong request is refused, and no schedule exists', async () => {
    const wrong = nightly('wrong', { request: { ...clientRequest('wrong'), volumes: [] } });
    await expect(client.scheduleFlashCopy(wrong)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    await expect(env.client.schedule.getHandle('wrong').describe()).rejects.toThrow();
  });

  it.each([
    ['two rules of time', { every: '6 h' }, 'schedule.cron'],
    ['no rule of time', { cron: undefined }, 'schedule.every'],
    ['an overlap that would end a running copy', { overlap: 'TERMINATE_OTHER' }, 'SKIP'],
    ['a misspelt field', { timeZone: 'Europe/Berlin' }, 'timeZone: unknown field; did you mean'],
    ['an unknown field', { colour: 'red' }, 'schedule.colour: unknown field'],
    ['a time zone that does not exist', { timezone: 'Europe/Berln' }, 'timezone = "Europe/Berln"'],
    ['an offset for a time zone', { timezone: '+02:00' }, 'timezone = "+02:00"'],
    ['a zone in lower case', { timezone: 'europe/berlin' }, 'did you mean Europe/Berlin?'],
    ['a cron expression that does not parse', { cron: '0 25 * * *' }, 'cron = "0 25 * * *"'],
    ['words for a cron expression', { cron: 'every night' }, 'schedule.cron = "every night"'],
    ['an interval that is none', { cron: undefined, every: 'often' }, 'schedule.every = "often"'],
    ['an interval below a second', { cron: undefined, every: 5 }, 'schedule.every = 5'],
    ['a jitter that is none', { jitter: 'some' }, 'schedule.jitter = "some"'],
    ['no id', { id: undefined }, 'schedule.id'],
    ['a calendar that is none', { cron: undefined, calendars: [{ hour: 'x' }] }, 'calendars'],
  ])('with %s is refused with the field named', async (_, changes, told) => {
    const order = client.scheduleFlashCopy({ ...nightly('refused'), ...changes } as CopySchedule);
    const error = await order.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FlashCopyError);
    expect(error).toMatchObject({ code: 'INVALID_SCHEDULE', family: 'request' });
    expect((error as Error).message).toContain(told);
    await expect(env.client.schedule.getHandle('refused').describe()).rejects.toThrow();
  });

  it('does not compile with a field that is misspelt', async () => {
    const request = clientRequest('typed');
    const when = { id: 'a', request, cron: '0 2 * * *' };
    // @ts-expect-error: timeZone
    const order = client.scheduleFlashCopy({ ...when, timeZone: 'UTC' });
    await expect(order).rejects.toMatchObject({ code: 'INVALID_SCHEDULE' });
    const { name, ...nameless } = request;
    // @ts-expect-error: nmae
    const started = client.start({ ...nameless, nmae: name });
    await expect(started).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('of 512 pairs with long names is accepted, and carries as many of them as the server takes', async () => {
    const pairs = Array.from({ length: 512 }, (_, at) => ({
      source: `db_${at}`.padEnd(60, 's'),
      target: `db_${at}`.padEnd(60, 't'),
      overwrite: `60000000000000000E000000${`${at}`.padStart(8, '0')}`,
    }));
    const request = { ...clientRequest('long'), volumes: pairs };
    const handle = await client.scheduleFlashCopy(nightly('long', { request }));
    const { action } = await handle.describe();
    const written = action.typedSearchAttributes as TypedSearchAttributes;
    const volumes = written.getAll().find(({ key }) => key.name === 'FlashCopyVolume')
      ?.value as string[];
    expect(volumes.slice(-1)).toEqual([`+${1_024 - volumes.length + 1} more`]);
    expect(volumes.length).toBeGreaterThan(20);
  });

  it('is made without search attributes where the server takes none, as a start is', async () => {
    const seen: boolean[] = [];
    const schedules = new Proxy(env.client.schedule, {
      get: (target, key) =>
        key !== 'create'
          ? (Reflect.get(target, key, target) as unknown)
          : (order: Parameters<typeof target.create>[0]) => {
              seen.push(order.action.typedSearchAttributes !== undefined);
              const refusal = Object.assign(new Error('no mapping'), {
                ...{ code: 3, details: 'no mapping', metadata: {} },
              });
              return seen.length === 1 ? Promise.reject(refusal) : target.create(order);
            },
    });
    const { connection } = env;
    const refusing = new Client({ connection });
    Object.defineProperty(refusing, 'schedule', { value: schedules });
    const handle = await new FlashCopyClient({ client: refusing }).scheduleFlashCopy(
      nightly('bare'),
    );
    expect(seen).toEqual([true, false]);
    expect((await handle.describe()).action).toMatchObject({
      args: [{ searchAttributes: false }],
    });
  });

  it('that exists already is not replaced in silence', async () => {
    await client.scheduleFlashCopy(nightly('again'));
    await expect(client.scheduleFlashCopy(nightly('again'))).rejects.toMatchObject({
      code: 'SCHEDULE_EXISTS',
    });
  });

  it('every 6 hours with jitter is kept as written', async () => {
    const { cron: _, ...rest } = nightly('interval');
    const handle = await client.scheduleFlashCopy({ ...rest, every: '6 h', jitter: '10 m' });
    const { spec } = await handle.describe();
    expect(spec.intervals?.[0]?.every).toBe(6 * HOUR_MS);
    expect(spec.jitter).toBe(600_000);
  });
});

type Handle = Awaited<ReturnType<FlashCopyClient['scheduleFlashCopy']>>;

async function firstRun(handle: Handle): Promise<string> {
  let id = '';
  await until(async () => {
    id = (await handle.describe()).info.recentActions[0]?.action.workflow.workflowId ?? '';
    return id !== '';
  });
  return id;
}

async function until(isTrue: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await isTrue()) return true;
    await systemClock.sleep(100);
  }
  return false;
}
