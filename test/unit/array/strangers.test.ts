// Listings hold what others own: their odd rows break no run, ours are never guessed at.
import { describe, expect, it } from 'vitest';
import { createSvcArray } from '../../../src/array/svc/svc-array.js';
import type { FlashCopyError } from '../../../src/domain/errors.js';
import {
  fixedRandomness as randomness,
  instantClock as clock,
  MAPPING_HEADER,
  mappingRow,
  scripted,
  VDISK_HEADER,
  vdiskRow,
} from './scripted-array.js';

const refused = (read: () => unknown): FlashCopyError => {
  try {
    read();
  } catch (error) {
    return error as FlashCopyError;
  }
  return expect.fail('should have been refused');
};
const listing = (...lines: string[]) => ({ stdout: `${lines.join('\n')}\n` });

describe('a mapping of others in a state that nobody knows', () => {
  const read = async () =>
    scripted({
      lsfcmap: [
        listing(MAPPING_HEADER, mappingRow('fc_ours'), mappingRow('fc_theirs', 'thinking')),
      ],
    }).array.readMappings();

  it('is there by its names, beside ours', async () => {
    const [ours, theirs] = await read();
    expect(ours).toMatchObject({ name: 'fc_ours', state: 'copying' });
    expect([theirs?.name, theirs?.source, theirs?.target, theirs?.group]).toEqual([
      ...['fc_theirs', 'src', 'tgt', 'g_abc123'],
    ]);
  });

  it('is an error for who asks for more, or copies it', async () => {
    const [, theirs] = await read();
    for (const ask of [() => theirs?.state, () => ({ ...theirs }), () => JSON.stringify(theirs)])
      expect(refused(ask)).toMatchObject({
        code: 'UNREADABLE_OUTPUT',
        details: { excerpt: 'status=thinking id=0 name=fc_theirs' },
      });
  });
});

describe('a host map without SCSI id, as over NVMe', () => {
  const header = 'id!name!SCSI_id!vdisk_id!vdisk_name!vdisk_UID!IO_group_id!IO_group_name';
  const map = (host: string, scsi: string, vdisk: string) =>
    `0!${host}!${scsi}!5!${vdisk}!600507680c8000abc800000000000012!0!io_grp0`;
  const all = () =>
    scripted({ lshostvdiskmap: [listing(header, map('app', '3', 'v1'), map('nvme', '', 'v2'))] });

  it('of another volume is not looked at', async () => {
    const maps = await all().array.readHostMapsOf(['v1', 'v3']);
    expect(maps).toEqual([expect.objectContaining({ vdiskName: 'v1', scsiId: 3 })]);
  });

  it('of our volume says who has it', async () => {
    const [, theirs] = await all().array.readHostMapsOf(['v1', 'v2']);
    expect([theirs?.vdiskName, theirs?.hostName]).toEqual(['v2', 'nvme']);
    expect(refused(() => theirs?.scsiId).message).toContain('SCSI_id');
  });
});

describe('what the wire can filter', () => {
  it('is filtered there, and looked at again here', async () => {
    const { array, lines } = scripted({
      lsfcmap: [listing(MAPPING_HEADER, mappingRow('m'), mappingRow('n').replace('g_abc123', 'h'))],
      lsvdisk: [listing(VDISK_HEADER, vdiskRow('db_1'), vdiskRow('db_3', 7, 'odd'))],
    });
    const mappings = await array.readMappings({ group: 'g_abc123' });
    expect(mappings.map(({ name }) => name)).toEqual(['m']);
    const vdisks = await array.readVDisks(['db_1', 'db_2']);
    expect(vdisks.map(({ name }) => name)).toEqual(['db_1']);
    expect(lines).toEqual([
      "lsfcmap -filtervalue 'group_name=g_abc123' -delim '!'",
      "lsvdisk -bytes -filtervalue 'name=db_*' -delim '!'",
    ]);
  });

  it('over REST stands in the body, and an odd value in an unused column breaks nothing', async () => {
    const calls: unknown[] = [];
    const row = Object.fromEntries(
      VDISK_HEADER.split('!').map((name, at) => [name, vdiskRow('db_1').split('!')[at] ?? '']),
    );
    const rows = [{ ...row, tier_share: 0.5, encrypted: true, compressed_copy_count: null }];
    const array = createSvcArray({
      ...{ name: 'svc1', clock, randomness },
      rest: {
        address: 'rest',
        post: (path, body) => {
          calls.push([...path, body]);
          return Promise.resolve({ status: 200, body: JSON.stringify(rows), durationMs: 1 });
        },
        close: () => Promise.resolve(),
      },
    });
    expect(await array.readVDisks(['db_1', 'db_2'])).toMatchObject([{ name: 'db_1' }]);
    expect(calls).toEqual([['lsvdisk', { bytes: true, filtervalue: 'name=db_*' }]]);
    Object.assign(rows[0]!, { capacity: 0.5 });
    await expect(array.readVDisks(['db_1', 'db_2'])).rejects.toMatchObject({
      ...{ code: 'UNREADABLE_OUTPUT', details: { excerpt: 'capacity=(no text) id=5 name=db_1' } },
    });
  });
});
