// Replay: what a release recorded, the workflow code of today must carry on; a twin with two commands swapped must be refused, or the test proves nothing.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { OUTCOMES } from '../histories/outcomes.js';
import { fromStored, type StoredEvent, type StoredHistory } from '../histories/stored.js';
import { bundle } from './temporal.js';

const FOLDER = path.resolve('test/histories');
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const recorded = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: release }) =>
    readdirSync(path.join(FOLDER, release)).map((file) => ({
      release,
      name: path.basename(file, '.json'),
    })),
  );
const read = ({ release, name }: (typeof recorded)[number]): StoredHistory =>
  JSON.parse(readFileSync(path.join(FOLDER, release, `${name}.json`), 'utf8')) as StoredHistory;

let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  workflowBundle = await bundle();
});

const idOf = ({ events: [started] }: StoredHistory): string =>
  String(started?.['workflowExecutionStartedEventAttributes']?.['workflowId']);

const replay = (stored: StoredHistory): Promise<unknown> =>
  Worker.runReplayHistory({ workflowBundle }, fromStored(stored), idOf(stored)).then(
    () => undefined,
    (error: unknown) => error,
  );

const SCHEDULED = 'activityTaskScheduledEventAttributes';
const typeOf = (event: StoredEvent): string =>
  (event[SCHEDULED]?.['activityType'] as { name: string } | undefined)?.name ?? '';

/**
 * The same history with two activities in the other order. Where only one kind was scheduled, the end and what came before it are swapped
 * instead: the run goes on where the code ends it.
 */
function twin(stored: StoredHistory): StoredHistory {
  const { events } = stored;
  const places = events.flatMap((event, at) => (typeOf(event) === '' ? [] : [at]));
  const one = places[0] ?? -1;
  const two = places.find((at) => typeOf(events[at]!) !== typeOf(events[one]!));
  if (two === undefined) return { events: events.with(-1, goesOn(events.at(-1)!)) };
  const named = (at: number, other: number): StoredEvent => {
    const kept = events[at]?.[SCHEDULED];
    return {
      ...events[at],
      [SCHEDULED]: { ...kept, activityType: events[other]?.[SCHEDULED]?.['activityType'] },
    } as never;
  };
  return { events: events.with(one, named(one, two)).with(two, named(two, one)) };
}

/** A timer where the code answers, or continues as new. */
function goesOn({ eventId, eventTime, ...rest }: StoredEvent): StoredEvent {
  const [closing] = Object.values(rest).filter((value) => typeof value === 'object');
  const { workflowTaskCompletedEventId } = closing as Record<string, unknown>;
  const timer = {
    timerId: '1',
    startToFireTimeout: { seconds: '1' },
    workflowTaskCompletedEventId,
  };
  return {
    eventId,
    eventTime,
    eventType: 'EVENT_TYPE_TIMER_STARTED',
    timerStartedEventAttributes: timer,
  } as never;
}

describe('recorded histories', () => {
  it('are there for this version, one for each outcome (npm run histories)', () => {
    const names = recorded.filter(({ release }) => release === version).map(({ name }) => name);
    expect(names.sort()).toEqual(OUTCOMES.map(({ name }) => name).sort());
  });

  it.each(recorded)('$release: $name is carried on by the code of today', async (which) => {
    const error = await replay(read(which));
    const stale =
      which.release === version
        ? ', or `npm run histories` while this version is not released'
        : '';
    expect(
      error,
      `open runs would break: guard the change with patched() (docs/upgrading.md)${stale}`,
    ).toBeUndefined();
  });

  it.each(recorded)('$release: the twin of $name is refused', async (which) => {
    expect(await replay(twin(read(which)))).toBeInstanceOf(DeterminismViolationError);
  });

  it('hold nothing of the machine they were recorded on', () => {
    for (const which of recorded) {
      const texts = JSON.stringify(read(which)).replaceAll(/"data":"([^"]*)"/g, (_, data: string) =>
        Buffer.from(data, 'base64').toString(),
      );
      expect(texts).not.toMatch(/\/(?:home|root|work|Users|tmp)\/|"identity"|\d+@\w/);
    }
  });
});
