// The models themselves: each way in which a real host loses or clobbers data must be possible here, or tests on models prove nothing.
import { beforeEach, describe, expect, it } from 'vitest';
import {
  readRecords,
  sameInstant,
  type ModelHost,
  type VirtualClock,
  type Writer,
} from '../../../src/testing/index.js';
import { san, type San } from '../activities/san.js';

let made: San;
let app1: ModelHost;
let clock: VirtualClock;
let writer: Writer;
const onArray = async (vdisk: string, host: string) =>
  Buffer.from(
    await made.system.volumeIo.read({
      vdisk,
      host,
      offset: 0,
      length: made.group.mappings[0]!.source.capacityBytes,
    }),
  ).toString('latin1');

beforeEach(async () => {
  made = await san();
  ({ app1, clock, writer } = made);
});

describe('a model host', () => {
  it('loses what was written but not flushed: the array never saw it', async () => {
    const { fileSystem } = app1.kernel.mountAt('/db')!;
    await fileSystem.append('file', Buffer.from('only in memory'));
    const seen = async () => (await onArray('data', 'app1')) + (await onArray('log', 'app1'));
    expect(await seen()).not.toContain('only in memory');
    await fileSystem.flush();
    expect(await seen()).toContain('only in memory');
  });

  it('shows stale data of a disk that changed beneath its cache, until the disk is removed', async () => {
    await made.ok('mkvdiskhostmap -force -host dev1 web');
    const { kernel } = made.dev1;
    kernel.scan();
    const disk = () => kernel.device(`uid:${made.uid('web')}`);
    const before = Buffer.from(await disk().read(0, 4096));
    await made.web1.kernel.device(`uid:${made.uid('web')}`).write(0, Buffer.alloc(4096, 9));
    expect(Buffer.from(await disk().read(0, 4096)).equals(before)).toBe(true);
    kernel.removeDisk(made.uid('web'));
    kernel.scan();
    expect(Buffer.from(await disk().read(0, 4096)).equals(Buffer.alloc(4096, 9))).toBe(true);
  });

  it('unmounts without a complaint when the disk is gone', async () => {
    await app1.kernel.mountAt('/db')!.fileSystem.append('file', Buffer.from('x'));
    await made.ok('rmvdiskhostmap -host app1 data');
    await expect(app1.kernel.unmount('/db')).resolves.toBeUndefined();
  });

  it('refuses to mount a second file system with the same UUID', async () => {
    await made.ok('mkvdiskhostmap -host web1 web_copy');
    const { kernel } = made.web1;
    kernel.scan();
    const [source, copy] = ['web', 'web_copy'].map((name) =>
      kernel.device(`uid:${made.uid(name)}`),
    );
    await copy!.write(0, await source!.read(0, 17 * 4096));
    await expect(
      kernel.mount(`uid:${made.uid('web_copy')}`, '/again', { readOnly: true }),
    ).rejects.toMatchObject({
      code: 'DUPLICATE_UUID',
    });
  });

  it('activates no volume group of which two disks claim to be the same PV', async () => {
    await made.ok('mkvdiskhostmap -host app1 data_copy');
    const { kernel } = app1;
    await kernel.unmount('/db');
    await kernel.unmount('/logs');
    kernel.deactivate('vg0');
    kernel.scan();
    const [source, copy] = ['data', 'data_copy'].map((name) =>
      kernel.device(`uid:${made.uid(name)}`),
    );
    await copy!.write(0, await source!.read(0, 4096));
    await expect(kernel.activate('vg0')).rejects.toMatchObject({ code: 'DUPLICATE_PV' });
  });

  it('makes writers wait while frozen, and lets them go on afterwards', async () => {
    const { fileSystem } = app1.kernel.mountAt('/logs')!;
    writer.start();
    await clock.advance(200);
    await clock.run(fileSystem.freeze());
    const before = writer.written;
    await clock.advance(1_000);
    expect(writer.written).toBe(before);
    fileSystem.thaw();
    await clock.advance(200);
    expect(writer.written).toBeGreaterThan(before);
    await clock.run(writer.stop());
  });

  it('keeps a file system alive while another namespace has it mounted', async () => {
    app1.kernel.cloneNamespace('container');
    await app1.kernel.unmount('/db');
    const source = made.source('app1', 'unmount');
    await expect(app1.source.takeDown({ ...source, run: 'r' })).rejects.toMatchObject({
      code: 'SOURCE_BUSY',
    });
    expect(app1.hasIo('/db')).toBe(true);
  });
});

describe('the writer', () => {
  it('is readable on the file systems themselves, and one instant', async () => {
    for (let count = 0; count < 200; count += 1) await writer.write();
    const lasts = await Promise.all(
      ['/logs', '/db'].map((at) => readRecords(app1.kernel.mountAt(at)!.fileSystem)),
    );
    expect(lasts).toEqual([200, 200]);
  });

  it.each([
    [[5, 5], true],
    [[6, 5], true],
    [[7, 5], false],
    [[5, 6], false],
  ])('last records %j are one instant: %s', (lasts, expected) => {
    expect(sameInstant(lasts)).toBe(expected);
  });

  it('finds a record that is torn', async () => {
    await writer.write();
    await app1.kernel.mountAt('/db')!.fileSystem.append('records', Buffer.alloc(32, 65));
    await expect(readRecords(app1.kernel.mountAt('/db')!.fileSystem)).rejects.toThrow('record 2');
  });
});
