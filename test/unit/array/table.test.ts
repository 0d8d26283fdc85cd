// Output that is cut, ragged or foreign is an error, never a value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlashCopyError } from '../../../src/domain/errors.js';
import { toGroup, toMapping, toVDisk } from '../../../src/array/svc/objects.js';
import { parseDetails, parseListing } from '../../../src/array/svc/table.js';
import { groupView, MAPPING_HEADER, mappingRow, VDISK_HEADER, vdiskRow } from './scripted-array.js';

const LISTING = `${MAPPING_HEADER}\n${mappingRow('fc_a')}\n${mappingRow('fc_b', 'prepared', 0)}\n`;
const mappings = (text: string) => parseListing('lsfcmap', text).map(toMapping);
const typed = (error: unknown): boolean =>
  error instanceof FlashCopyError && error.code === 'UNREADABLE_OUTPUT';

const failureOf = (read: () => unknown): FlashCopyError => {
  try {
    read();
  } catch (error) {
    return error as FlashCopyError;
  }
  return expect.fail('should have been refused');
};

describe('a listing', () => {
  it.each([
    ['is cut in its last row', LISTING.slice(0, -4)],
    ['is cut in its header', MAPPING_HEADER.slice(0, 40)],
    ['has a header and no rows', `${MAPPING_HEADER}\n`],
    ['has a row with a field less', LISTING.replace('!fc_b!', '!')],
    ['has a row with a field more', LISTING.replace('!fc_b!', '!fc!b!')],
    ['lacks a column', LISTING.replaceAll('!rc_controlled', '').replaceAll(/!no\n/g, '\n')],
    ['has a column twice', LISTING.replace('!progress!', '!status!')],
    ['shows an unknown state', LISTING.replace('!prepared!', '!thinking!')],
    ['shows a progress above 100', LISTING.replace('!42!', '!420!')],
    ['shows a progress that is no number', LISTING.replace('!42!', '!4x!')],
    ['shows neither yes nor no', LISTING.replace(/!no\n$/, '!maybe\n')],
    ['shows a blank line', LISTING.replace('\n0!fc_b', '\n\n0!fc_b')],
    ['is a banner', 'Welcome to this system\nAuthorised use only\n'],
  ])('that %s is refused', (_, text) => {
    expect(() => mappings(text)).toThrow(
      expect.objectContaining({ code: 'UNREADABLE_OUTPUT', family: 'parse' }) as Error,
    );
  });

  it('shows limited printable text of what it could not read', () => {
    const text = `${'\u001b[2Jx'.repeat(500)}\n`;
    const error = (() => {
      try {
        return mappings(text);
      } catch (thrown) {
        return thrown as FlashCopyError;
      }
    })();
    expect(String((error as FlashCopyError).details['excerpt'])).toMatch(/^[\x20-\x7e]{1,160}$/);
  });

  it('shows the value that it could not read, in message and details, and whose it is', () => {
    const error = failureOf(() => mappings(LISTING.replace('!prepared!', '!thinking!')));
    expect(error.message).toContain('"status=thinking id=0 name=fc_b"');
    expect(error.details['excerpt']).toBe('status=thinking id=0 name=fc_b');
  });

  it('shows no secret of what it could not read', () => {
    const text = 'id!name!chap_secret\n0!h!topsecret!more\nchap_secret=topsecret\n';
    expect(failureOf(() => parseListing('lshost', text)).message).toContain('a row has 4');
    const view = failureOf(() =>
      parseListing('lshost', 'chap_secret=topsecret password:topsecret\n'),
    );
    expect(JSON.stringify({ ...view, message: view.message })).not.toContain('topsecret');
  });

  it.each([
    ['a banner', 'Authorised use only!\n\nAll activity is recorded.\n'],
    ['a warning', 'CMMVC9634W This system has a message for who logs in.\n'],
  ])('may have %s before its header', (_, banner) => {
    expect(mappings(banner + LISTING)).toEqual(mappings(LISTING));
    expect(toGroup(parseDetails('lsfcconsistgrp', banner + groupView()))).toMatchObject({
      name: 'g_abc123',
      state: 'prepared',
    });
  });

  it('that is a warning only has no objects; one that is a banner only, when it is the known one', () => {
    expect(mappings('CMMVC9634W This system has a message.\n')).toEqual([]);
    expect(parseListing('lsfcmap', 'Hello\n', 'Hello\n')).toEqual([]);
    expect(failureOf(() => parseListing('lsfcmap', 'Hello\n', 'Bye\n')).code).toBe(
      'UNREADABLE_OUTPUT',
    );
  });

  it('without its header is refused, though rows follow a banner', () => {
    const headless = LISTING.slice(LISTING.indexOf('\n') + 1);
    expect(failureOf(() => mappings(`Hello\n${headless}`)).code).toBe('UNREADABLE_OUTPUT');
  });

  it('without any text has no objects', () => expect(mappings('')).toEqual([]));

  it('is read by header: order and further columns do not matter', () => {
    const columns = LISTING.trim()
      .split('\n')
      .map((line) => ['more', ...line.split('!').reverse()].join('!'));
    expect(mappings(`${columns.join('\n')}\n`)).toEqual(mappings(LISTING));
    expect(mappings(LISTING)[0]).toMatchObject({
      name: 'fc_a',
      state: 'copying',
      progressPercent: 42,
      group: 'g_abc123',
    });
  });

  it('of volumes gives bytes and upper-case UIDs', () => {
    const [vdisk] = parseListing('lsvdisk', `${VDISK_HEADER}\n${vdiskRow('v')}\n`).map(toVDisk);
    expect(vdisk).toMatchObject({
      capacityBytes: 1073741824,
      uid: '600507680C8000ABC800000000000012',
      replicated: false,
    });
    const rounded = vdiskRow('v').replace('1073741824', '1.00GB');
    expect(() => parseListing('lsvdisk', `${VDISK_HEADER}\n${rounded}\n`).map(toVDisk)).toThrow(
      /capacity/,
    );
  });

  it('cut anywhere gives the rows before the cut or an error, never other values', () => {
    const whole = mappings(LISTING);
    for (let cut = 1; cut < LISTING.length; cut += 1) {
      try {
        const got = mappings(LISTING.slice(0, cut));
        expect(got).toEqual(whole.slice(0, got.length));
      } catch (error) {
        expect(typed(error)).toBe(true);
      }
    }
  });

  it('of any text and any damage throws typed errors only', () => {
    const damaged = fc
      .tuple(fc.nat(LISTING.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 20 }))
      .map(([at, drop, put]) => LISTING.slice(0, at) + put + LISTING.slice(at + drop));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.string({ unit: 'binary' })), (text) => {
        for (const read of [mappings, (t: string) => toGroup(parseDetails('lsfcconsistgrp', t))]) {
          try {
            read(text);
          } catch (error) {
            if (!typed(error)) return false;
          }
        }
        return true;
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a detailed view', () => {
  it('keeps the object its own when blocks repeat its keys', () => {
    const view = `${groupView()}name!other\nstatus!copying\n`;
    expect(toGroup(parseDetails('lsfcconsistgrp', view))).toEqual({
      id: '1',
      name: 'g_abc123',
      state: 'prepared',
      startTime: '',
    });
  });

  it('may write its state with a capital', () => {
    expect(toGroup(parseDetails('lsfcconsistgrp', groupView('Empty'))).state).toBe('empty');
  });

  it.each([
    ['nothing', ''],
    ['a cut last line', groupView().slice(0, -2)],
    ['a line without a name', `${groupView()}whatever\n`],
    ['an empty state', groupView('')],
  ])('with %s is refused', (_, text) => {
    expect(() => toGroup(parseDetails('lsfcconsistgrp', text))).toThrow(/lsfcconsistgrp/);
  });
});
