// The background copy against the simulated array: when it will end, why it stands, what it died of, and another rate while it runs.
import { describe, expect, it } from 'vitest';
import { all, carryOut, rawRequest, read, SIZE, volumes, write } from './carry-out.js';
import { failure, san, type San } from './san.js';

async function copying(rate: number) {
  const made = await san();
  const uids = await volumes(made, 'prod', 'copy');
  await write(made, 'prod', 'A');
  const pair = { source: 'prod', target: 'copy', overwrite: uids['copy']! };
  const { group } = await carryOut(made, rawRequest([pair], { rate }), 'aaaaaa');
  return { made, order: { ...group, mappings: [{ name: 'fc_copy', capacityBytes: SIZE }] } };
}
type Order = Awaited<ReturnType<typeof copying>>['order'];

/** Looks again and again, each time with what the look before sent in its heartbeat. */
function watcher(made: San, order: Order) {
  let heartbeatDetails: unknown;
  return async (): Promise<Record<string, unknown>> => {
    const env = made.environment({ heartbeatDetails });
    env.on('heartbeat', (details: unknown) => (heartbeatDetails = details));
    const failed: unknown = await made
      .run('flashCopyAwaitCopied', order, env)
      .catch((error: unknown) => error);
    const { message, details } = failed as { message?: string; details?: [{ details: object }] };
    return { message, ...details?.[0].details };
  };
}

describe('a background copy', () => {
  it('tells when it will end, from what was seen', async () => {
    const { made, order } = await copying(1); // 128 KiB/s: 4 MiB in 32 s
    const look = watcher(made, order);
    expect(await look()).not.toHaveProperty('expectedEnd');
    await made.clock.advance(8_000);
    const { expectedEnd, message } = await look();
    const left = Date.parse(String(expectedEnd)) - made.clock.now();
    expect(left).toBeGreaterThan(10_000);
    expect(left).toBeLessThan(40_000);
    expect(message).toContain('expected to end');
  });

  it('that stands with rate 0 says so, and how long', async () => {
    const { made, order } = await copying(0);
    const look = watcher(made, order);
    await look();
    await made.clock.advance(20 * 60_000);
    expect((await look())['message']).toMatch(
      /no progress for 20 min; copy rate 0 on fc_copy: raise it/,
    );
  });

  it('takes another rate while it runs, and ends sooner', async () => {
    const { made, order } = await copying(0);
    const { group } = order;
    const answer = await made.run('flashCopyChangeRate', {
      array: 'svc1',
      group,
      copyRate: 150,
      cleanRate: 20,
    });
    expect(answer.volumes[0]).toMatchObject({ copyRate: 150, state: 'copying' });
    expect(await made.storage.readMapping('fc_copy')).toMatchObject({
      copyRate: 150,
      cleanRate: 20,
    });
    await made.clock.advance(60_000);
    expect((await made.run('flashCopyAwaitCopied', order)).volumes[0]).toMatchObject({
      independent: true,
    });
    await write(made, 'prod', 'B');
    expect(await read(made, 'copy')).toBe(all('A'));
  });

  it.each<[string, (made: San, group: string) => Promise<unknown>, RegExp]>([
    [
      'stopped by a command',
      (made, group) => made.ok(`stopfcconsistgrp ${group}`),
      /fc_copy is stopped at \d+ %.*event log/,
    ],
    [
      'taken out of its group and removed',
      async (made, group) => {
        await made.ok(`stopfcconsistgrp ${group}`);
        await made.ok('rmfcmap -force fc_copy');
      },
      /fc_copy is gone from the group/,
    ],
  ])('that was %s is lost, with the reason', async (_how, end, says) => {
    const { made, order } = await copying(0);
    await end(made, order.group);
    await made.clock.advance(10_000);
    const failed = await failure(made.run('flashCopyAwaitCopied', order));
    expect(failed).toMatchObject({ type: 'COPY_STOPPED', details: { retry: 'never' } });
    expect((failed.details as { message: string }).message).toMatch(says);
  });
});
