// Source hosts: taken down once, given back always, and never written to while they are down.
import { describe, expect, it } from 'vitest';
import { failure, REF, san, type San } from './san.js';

const source = (made: San) => made.source('app1', 'unmount');
const takeDown = (made: San) => made.run('flashCopyTakeDown', { ...REF, source: source(made) });
const giveBack = (made: San) => made.run('flashCopyGiveBack', { ...REF, source: source(made) });

describe('flashCopyTakeDown', () => {
  it('gives everything back when a process is in the way', async () => {
    const made = await san();
    made.app1.kernel.mountAt('/db')?.users.add('vi');
    expect((await failure(takeDown(made))).type).toBe('SOURCE_BUSY');
    expect([made.app1.hasIo('/db'), made.app1.hasIo('/logs'), made.app1.source.heldBy()]).toEqual([
      true,
      true,
      '',
    ]);
  });

  it('writes the nonce once: a repeat finds the host down and writes nothing', async () => {
    const made = await san();
    await takeDown(made);
    await takeDown(made);
    expect(made.app1.kernel.mounts).toEqual([]);
    await giveBack(made);
    expect(made.app1.kernel.mountAt('/db')?.fileSystem.fileNames).toContain(
      `.flashcopy-${REF.run}-before`,
    );
  });
});

describe('flashCopyGiveBack', () => {
  it('brings mounts and units back, tells the pause, and may be repeated', async () => {
    const made = await san();
    made.writer.start();
    await made.clock.advance(200);
    await takeDown(made);
    expect(made.writer.running).toBe(false);
    await made.clock.advance(4_000);
    const report = await giveBack(made);
    expect(report).toMatchObject({ host: 'app1', method: 'unmount', pauseMs: 4_000, broken: '' });
    await giveBack(made);
    expect([made.app1.hasIo('/db'), made.writer.running]).toEqual([true, true]);
    await made.clock.run(made.writer.stop());
  });

  it('needs nobody when the deadline passes: the holder gives back alone, and the report says why', async () => {
    const made = await san();
    await takeDown(made);
    await made.clock.advance(60_001);
    expect(made.app1.hasIo('/db')).toBe(true);
    expect((await giveBack(made))?.broken).toBe('the deadline passed');
  });

  it('works when holder and twin are lost: the order alone is enough', async () => {
    const made = await san();
    await takeDown(made);
    made.app1.source.holders.clear();
    await giveBack(made);
    expect([made.app1.hasIo('/db'), made.app1.hasIo('/logs')]).toEqual([true, true]);
  });
});

describe('flashCopyPreFlush', () => {
  it('leaves nothing dirty', async () => {
    const made = await san();
    await made.app1.kernel.mountAt('/db')?.fileSystem.append('file', Buffer.alloc(100_000, 1));
    await made.run('flashCopyPreFlush', { ...REF, source: source(made) });
    expect(made.app1.kernel.mountAt('/db')?.fileSystem.dirtyBytes).toBe(0);
  });
});
