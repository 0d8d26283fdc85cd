// A login that may not do what a copy needs is found while looking, and refused by the plan: not a failure half-way.
import { describe, expect, it } from 'vitest';
import { createLinuxHost } from '../../../../src/host/linux/linux-host.js';
import { createInProcessTransport } from '../../../../src/transport/in-process/in-process-transport.js';
import { systemClock, systemRandomness } from '../../../../src/clock/system-clock.js';

const AGENT_MISSING = 97;

/** A host on which the agent is not there and cannot be written. */
const hostThatSays = (stderr: string, sudo: boolean) => {
  const transport = createInProcessTransport({
    address: 'app1',
    clock: systemClock,
    run: (_, input) =>
      Promise.resolve({ exitCode: input === '' ? AGENT_MISSING : 2, stdout: '', stderr }),
  });
  return createLinuxHost({
    name: 'app1',
    transport,
    clock: systemClock,
    randomness: systemRandomness,
    sudo,
  });
};
const inspect = (stderr: string, sudo = false) =>
  hostThatSays(stderr, sudo).inspect({
    uids: [],
    mountPoints: [],
    units: [],
    role: 'source',
    method: 'quiesce',
  });

describe('a login without the rights', () => {
  it('is not a full disk: that is a failure with its own words', async () => {
    const full = inspect('sh: 1: cannot create /run/flashcopy/agent-1: No space left on device');
    await expect(full).rejects.toMatchObject({ code: 'AGENT_NOT_INSTALLED' });
  });

  it.each([
    ["mkdir: cannot create directory '/run/flashcopy': Permission denied", false],
    ['sh: 1: cannot create /run/flashcopy/agent-1.77: Permission denied', false],
    ['sudo: a password is required', true],
  ])('that hears "%s" is shown as unprivileged', async (stderr, sudo) => {
    expect(await inspect(stderr, sudo)).toMatchObject({
      host: 'app1',
      privileged: false,
      disks: [],
    });
  });
});
