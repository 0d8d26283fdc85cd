// The largest group: 512 volumes, copied by mappings, and a quarter of it by snapshot, through the real workflows to mounted copies. No payload comes near the limits
// of Temporal (a warning at 512 KiB, refused at 2 MiB), and the number of activities does not grow with the volumes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from './driver/run.js';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story } from './laboratory.js';
import type { CopyOrder } from './world/world.js';
import { reportOf } from './world/world.js';

const VOLUMES = 512;
const MOST_BYTES = 200_000;

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

/** Bytes of every payload in a history: what went in, what came out, what was signalled and queried. */
function payloadBytes(value: unknown, found: number[] = []): number[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return found;
  const { metadata, data } = value as { metadata?: unknown; data?: unknown };
  if (metadata != null && data instanceof Uint8Array) found.push(data.length);
  for (const inner of Object.values(value)) payloadBytes(inner, found);
  return found;
}

const sizesOf = ({ log, spec, result }: Run): number[] =>
  payloadBytes([
    log.map(({ activations, commands }) => [activations.map(({ jobs }) => jobs), commands]),
    spec.args,
    result,
  ]);

const activities = ({ events }: Run): number =>
  events.filter((event) => event.startsWith('ActivityTaskScheduled')).length;

/** Clones are looked at and renamed one by one: fewer of them, and by so much less in a payload. */
describe.each<[number, string, Partial<CopyOrder>]>([
  [VOLUMES, 'mappings', {}],
  [VOLUMES / 4, 'a snapshot and its clones', { snapshot: 'clone' }],
])('%i volumes by %s', (volumes, _what, order) => {
  const copy = (many: number) =>
    carryOut(vm, {
      ...{ seed: 11, evictions: 0, again: false, faults: [] },
      san: {
        sources: { app1: 'svc1' },
        many,
        ...(order.snapshot === undefined ? {} : { grouped: ['app1'] }),
      },
      copies: [{ set: 'nightly', method: 'quiesce', hosts: ['app1'], afterMs: 0, ...order }],
    });

  it('are one good copy, in payloads below 200 KB for 512', async () => {
    const outcome = await copy(volumes);
    expect(outcome.violations, story(outcome)).toEqual([]);
    const [run] = outcome.world.runsOf('copy');
    expect(run!.status, story(outcome)).toBe('COMPLETED');
    const report = reportOf(run!)!;
    expect({ verified: report.verified, volumes: report.volumes.length }).toEqual({
      verified: true,
      volumes,
    });
    const sizes = outcome.world.server.runs.flatMap(sizesOf);
    expect(sizes.length).toBeGreaterThan(20);
    console.log(
      `largest payload ${Math.max(...sizes)} bytes of ${sizes.length}, ${activities(run!)} activities`,
    );
    expect(Math.max(...sizes)).toBeLessThan((MOST_BYTES * volumes) / VOLUMES);
    const few = await copy(3);
    expect(activities(run!)).toBeLessThanOrEqual(activities(few.world.runsOf('copy')[0]!) + 4);
  }, 300_000);
});
