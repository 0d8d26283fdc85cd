// What a host itself says of a source that a person wants to resolve: read from model hosts that really hold, or really do not.
import { describe, expect, it } from 'vitest';
import { holdOrder } from '../../../src/activities/sources.js';
import { REF, san } from './san.js';

describe('a look at a source', () => {
  it('finds nothing wrong with one that was given back, also where nothing ever was armed', async () => {
    const made = await san();
    const source = made.source('app1', 'unmount');
    expect(await made.run('flashCopyReadSource', { ...REF, source })).toEqual({ lacksIo: '' });
    await made.run('flashCopyTakeDown', { ...REF, source });
    await made.run('flashCopyGiveBack', { ...REF, source });
    expect(await made.run('flashCopyReadSource', { ...REF, source })).toEqual({ lacksIo: '' });
  });

  it('sees a hold of this run, and leaves it as it is', async () => {
    const made = await san();
    const source = made.source('app1', 'unmount');
    await made.run('flashCopyTakeDown', { ...REF, source });
    const { lacksIo } = await made.run('flashCopyReadSource', { ...REF, source });
    expect(lacksIo).toBe('its hold of /logs, /db has not ended');
    expect(made.app1.source.heldBy()).toBe(REF.run);
    expect(made.app1.hasIo('/db')).toBe(false);
  });

  it('sees a freeze of this run', async () => {
    const made = await san();
    const source = made.source('web1', 'quiesce');
    const armed = await made.web1.source.arm(holdOrder(REF.run, source));
    await made.clock.run(armed.quiesce(1_000));
    expect((await made.run('flashCopyReadSource', { ...REF, source })).lacksIo).toContain('/web');
    await made.clock.run(armed.attestAndThaw(1_000));
  });

  it('sees what is not mounted although no hold is left', async () => {
    const made = await san();
    const source = made.source('web1', 'unmount');
    await made.web1.kernel.unmount('/web');
    const { lacksIo } = await made.run('flashCopyReadSource', { ...REF, source });
    expect(lacksIo).toMatch(/^not mounted: \/web \(/);
  });

  it('does not take a hold of another run for its own', async () => {
    const made = await san();
    const source = made.source('app1', 'unmount');
    await made.run('flashCopyTakeDown', { ...REF, run: 'other-abc123', source });
    // Its mounts are away all the same, and that is said.
    expect((await made.run('flashCopyReadSource', { ...REF, source })).lacksIo).toMatch(
      /^not mounted/,
    );
  });
});
