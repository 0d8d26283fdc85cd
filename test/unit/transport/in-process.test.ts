// The in-process transport keeps the same promises about effects as the one over SSH.
import { describe, expect, it } from 'vitest';
import { unreachable } from '../../../src/transport/failures.js';
import { createInProcessTransport } from '../../../src/transport/in-process/in-process-transport.js';
import { systemClock as clock } from '../../../src/clock/system-clock.js';

type Run = Parameters<typeof createInProcessTransport>[0]['run'];
const over = (run: Run) => createInProcessTransport({ address: 'here', clock, run });
const limits = { timeoutMs: 1_000 };

describe('the in-process transport', () => {
  it('calls a stranger of an error a lost answer, and passes typed ones on', async () => {
    await expect(
      over(() => Promise.reject(new Error('bug'))).run('x', limits),
    ).rejects.toMatchObject({
      code: 'CHANNEL_LOST',
      outcome: 'unknown',
    });
    const down = unreachable('here', 'down');
    await expect(over(() => Promise.reject(down)).run('x', limits)).rejects.toBe(down);
  });

  it('limits time, effect unknown', async () => {
    const never = over(() => new Promise(() => undefined));
    await expect(never.run('x', { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'COMMAND_TIMED_OUT',
      outcome: 'unknown',
    });
  });

  it('tells a cancel before sending from one after', async () => {
    const never = over(() => new Promise(() => undefined));
    const early = never.run('x', { ...limits, signal: AbortSignal.abort() });
    await expect(early).rejects.toMatchObject({ code: 'COMMAND_CANCELLED', outcome: 'not-done' });
    const after = new AbortController();
    const work = never.run('x', { ...limits, signal: after.signal });
    after.abort();
    await expect(work).rejects.toMatchObject({ code: 'COMMAND_CANCELLED', outcome: 'unknown' });
  });

  it('shows output once, whether it was emitted or only answered', async () => {
    let shown = '';
    const transport = over((line, input, emit) => {
      emit(line);
      return Promise.resolve({ exitCode: 0, stdout: line + input, stderr: '' });
    });
    const result = await transport.run('ab', {
      ...limits,
      input: 'cd',
      onStdout: (text) => (shown += text),
    });
    expect([result.stdout, shown]).toEqual(['abcd', 'abcd']);
  });

  it('sends nothing after release or close', async () => {
    let sent = 0;
    const transport = over(() =>
      Promise.resolve({ exitCode: (sent += 1), stdout: '', stderr: '' }),
    );
    const session = await transport.reserve(limits);
    session.release();
    await expect(session.run('x', limits)).rejects.toMatchObject({ outcome: 'not-done' });
    await transport.close();
    await expect(transport.run('x', limits)).rejects.toMatchObject({ outcome: 'not-done' });
    expect(sent).toBe(0);
  });
});
