// The order of all time limits, over every plan a request can ask for; and that the page about them, and the code, know no others.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import ms, { type StringValue } from 'ms';
import { describe, expect, it } from 'vitest';
import { chain, timingReference } from '../../../scripts/timing-reference.js';
import { ACTIVITY_LINES } from '../../../scripts/timing-meaning.js';
import {
  COMMANDS,
  guardLeaseMs,
  holderDeadlineMs,
  inside,
  pointInTimeMs,
  prepareGroupMs,
  startGroupsMs,
  takeDownCommandMs,
  takeDownMs,
  WAITS,
} from '../../../src/domain/timing.js';
import { ACTIVITIES } from '../../../src/workflows/activity-table.js';

/** What the request's schema allows. */
const limits = fc.record({
  maxPauseMs: fc.integer({ min: 100, max: 300_000 }),
  maxOutageMs: fc.integer({ min: 1_000, max: 3_600_000 }),
});
const methods = fc.array(fc.constantFrom('quiesce' as const, 'unmount' as const), {
  minLength: 1,
  maxLength: 8,
});

describe('command < activity < holder deadline < guard lease', () => {
  it.each(['quiesce', 'unmount'] as const)('holds for every plan by %s', (method) => {
    fc.assert(
      fc.property(limits, (asked) => {
        const values = chain(asked, method).map(([, value]) => value);
        for (const [at, value] of values.slice(1).entries())
          expect(value).toBeGreaterThan(values[at]!);
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds for every activity of every mixture of hosts, against each of their holders', () => {
    fc.assert(
      fc.property(limits, methods, (asked, mixture) => {
        const sources = mixture.map((method) => ({ deadlineMs: holderDeadlineMs(asked, method) }));
        const lease = guardLeaseMs(sources);
        for (const source of sources) {
          const activities = [
            pointInTimeMs(sources, asked.maxPauseMs),
            startGroupsMs(sources),
            takeDownMs(source),
          ];
          expect(takeDownCommandMs(source)).toBeLessThan(takeDownMs(source));
          for (const activity of activities) {
            expect(inside(activity)).toBeLessThan(activity);
            expect(activity).toBeLessThan(source.deadlineMs);
          }
          // As late as its queue allows, a pause that was armed last still ends before its guard gives back.
          const begun = WAITS.inQueue + Math.max(...activities);
          expect(begun + source.deadlineMs).toBeLessThan(lease);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves a quiesce its whole maxPause when the hosts are ready within ten seconds', () => {
    fc.assert(
      fc.property(limits, ({ maxPauseMs, maxOutageMs }) => {
        const deadlineMs = holderDeadlineMs({ maxPauseMs, maxOutageMs }, 'quiesce');
        expect(inside(pointInTimeMs([{ deadlineMs }], maxPauseMs)) - maxPauseMs).toBeGreaterThan(
          10_000,
        );
      }),
    );
  });

  it('holds for the longest command of every other activity', () => {
    for (const [name, { startToCloseTimeout }] of Object.entries(ACTIVITIES)) {
      const [command] = ACTIVITY_LINES[name as keyof typeof ACTIVITY_LINES];
      if (command === '') continue;
      const limit =
        startToCloseTimeout === undefined
          ? prepareGroupMs(1_000)
          : ms(startToCloseTimeout as StringValue);
      expect(limit, name).toBeGreaterThan(COMMANDS[command]);
    }
  });
});

describe('docs/timing.md', () => {
  it('is what the code says (npx tsx scripts/timing-docs.ts)', () => {
    expect(readFileSync(new URL('../../../docs/timing.md', import.meta.url), 'utf8')).toBe(
      timingReference(),
    );
  });

  it('knows all: no other file of these layers has a time limit of its own', () => {
    const src = path.resolve('src');
    const found = [
      'workflows',
      'activities',
      'array',
      'host',
      'transport',
      'worker',
      'client',
    ].flatMap((layer) =>
      readdirSync(path.join(src, layer), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && file !== 'activity-table.ts')
        .flatMap((file) => {
          const text = readFileSync(path.join(src, layer, file), 'utf8');
          const limit =
            /(?:[A-Z]_M?S = \d|[tT]imeoutMs: \d|(?:Timeout|Interval|GraceTime): '?[1-9]|sleep\(\d)[^\n]*/;
          return (
            limit
              .exec(text)
              ?.slice(0, 1)
              .map((line) => `${layer}/${file}: ${line}`) ?? []
          );
        }),
    );
    expect(found.filter((line) => !APART.some((file) => line.startsWith(`${file}: `)))).toEqual([]);
  });
});

/** What is no wait. */
const APART: readonly string[] = [
  // How often the writer of a model host writes: it is the load, and nobody waits for it.
  'worker/models.ts',
];
