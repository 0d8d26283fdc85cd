// Answers that are damaged in any way, on either wire: a typed error or the true values, never anything else. Seeds are recorded: a run is repeatable,
// and a seed that once found something stays here.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRefusal, readRestRefusal } from '../../../src/array/svc/errors.js';
import { parseJsonDetails, parseJsonListing } from '../../../src/array/svc/json.js';
import {
  toDetailedMapping,
  toGroup,
  toHostMap,
  toHostMapOfHost,
  toIoGroup,
  toMapping,
  toSystem,
  toVDisk,
} from '../../../src/array/svc/objects.js';
import type { Row } from '../../../src/array/svc/row.js';
import { parseDetails, parseListing, parsePartialDetails } from '../../../src/array/svc/table.js';
import { FlashCopyError } from '../../../src/domain/errors.js';
import {
  fcmapView,
  groupView,
  MAPPING_HEADER,
  mappingRow,
  VDISK_HEADER,
  vdiskRow,
} from './scripted-array.js';

const SEEDS = [20261124, 1, 2_147_483_647];
const RUNS = 400;

const LISTING = `${MAPPING_HEADER}\n${mappingRow('fc_a')}\n${mappingRow('fc_b', 'prepared', 0)}\n`;
const VOLUMES = `${VDISK_HEADER}\n${vdiskRow('v1')}\n${vdiskRow('v2')}\n`;
const asJson = (text: string): string => {
  const [header = '', ...rows] = text.trim().split('\n');
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(header.split('!').map((column, at) => [column, row.split('!')[at] ?? ''])),
    ),
  );
};
const viewAsJson = (view: string): string =>
  JSON.stringify(
    Object.fromEntries(
      view
        .trim()
        .split('\n')
        .map((line) => line.split('!') as [string, string]),
    ),
  );

const READERS: Record<string, (row: Row) => unknown> = {
  ...{
    toVDisk,
    toMapping,
    toDetailedMapping,
    toGroup,
    toHostMap,
    toHostMapOfHost,
    toIoGroup,
    toSystem,
  },
};
const FORMS: readonly [string, string, (text: string) => readonly Row[]][] = [
  ['listing over the CLI', LISTING, (text) => parseListing('lsfcmap', text)],
  ['listing of volumes over the CLI', VOLUMES, (text) => parseListing('lsvdisk', text)],
  ['detailed view over the CLI', fcmapView(), (text) => [parseDetails('lsfcmap', text)]],
  ['detailed view with members', groupView(), (text) => [parseDetails('lsfcconsistgrp', text)]],
  ['view whose end is lost', groupView(), (text) => [parsePartialDetails('lsfcconsistgrp', text)]],
  ['listing over REST', asJson(LISTING), (text) => parseJsonListing('lsfcmap', text)],
  [
    'detailed view over REST',
    viewAsJson(fcmapView()),
    (text) => [parseJsonDetails('lsfcmap', text)],
  ],
];

const damagedFrom = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .tuple(fc.nat(text.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 20 }))
      .map(([at, drop, put]) => text.slice(0, at) + put + text.slice(at + drop)),
    fc.nat(text.length).map((at) => text.slice(0, at)),
    fc.string({ unit: 'binary' }),
    fc.json(),
  );

/** The excerpt is all of the output that travels. */
const isTyped = (error: unknown): boolean =>
  error instanceof FlashCopyError &&
  error.code === 'UNREADABLE_OUTPUT' &&
  /^[\x20-\x7e]{0,160}$/.test(String(error.details['excerpt']));

describe.each(SEEDS)('seed %i', (seed) => {
  it.each(FORMS)('a damaged %s gives typed errors only', (...[, whole, parse]) => {
    fc.assert(
      fc.property(damagedFrom(whole), (text) => {
        for (const read of Object.values(READERS)) {
          try {
            parse(text).map(read);
          } catch (error) {
            if (!isTyped(error)) return false;
          }
        }
        return true;
      }),
      { seed, numRuns: RUNS },
    );
  });

  it('an answer that failed is never taken for success, and its text is limited', () => {
    const failing = fc.record({
      exitCode: fc.integer({ min: 1, max: 255 }),
      stderr: fc.string({ unit: 'binary' }),
    });
    fc.assert(
      fc.property(failing, ({ exitCode, stderr }) => {
        const refused = readRefusal('mkfcmap', { exitCode, stderr, stdout: '', durationMs: 1 });
        return (
          refused !== undefined &&
          refused.message.length < 400 &&
          /^[\x20-\x7e]*$/.test(refused.message)
        );
      }),
      { seed, numRuns: RUNS },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        fc.string({ unit: 'binary' }),
        (status, body) => {
          const refused = readRestRefusal('mkfcmap', { status, body, durationMs: 1 });
          return (
            refused !== undefined &&
            refused.message.length < 400 &&
            /^[\x20-\x7e]*$/.test(refused.message)
          );
        },
      ),
      { seed, numRuns: RUNS },
    );
  });
});

describe('one changed character of a JSON listing', () => {
  it('changes what is read to nothing that was not in it', () => {
    const whole = asJson(LISTING);
    const states = ['copying', 'prepared'];
    for (let at = 0; at < whole.length; at += 1) {
      const text = `${whole.slice(0, at)}#${whole.slice(at + 1)}`;
      try {
        const read = parseJsonListing('lsfcmap', text).map(toMapping);
        expect(read).toHaveLength(2);
        expect(read.map(({ state }) => state)).toEqual(states);
      } catch (error) {
        expect(isTyped(error)).toBe(true);
      }
    }
  });
});

describe('an answer over REST', () => {
  it.each([
    ['is cut', asJson(LISTING).slice(0, -9)],
    ['is no list', '"lsfcmap"'],
    ['holds a number as a list', '[1]'],
    ['holds objects without fields', '[{}]'],
    ['holds a value of another kind', '[{"id":true}]'],
    ['is a page of a proxy', '<html>Bad gateway</html>'],
    ['holds an object that lacks a column', '[{"id":"1","name":"x"}]'],
    ['speaks of itself in another language', '{"id":"1","name":"名前","status":"コピー中"}'],
  ])('that %s is refused', (_what, body) => {
    const read = (): unknown => parseJsonListing('lsfcmap', body).map(toMapping);
    expect(read).toThrow(expect.objectContaining({ code: 'UNREADABLE_OUTPUT' }) as Error);
  });

  it('without objects is empty, in every way of saying so', () => {
    for (const body of ['', '[]', '""', 'null'])
      expect(parseJsonListing('lsfcmap', body)).toEqual([]);
  });

  it('puts the parts of a view together, the object itself first', () => {
    const parts =
      '[{"id":"1","name":"g","status":"copying","start_time":""},{"FC_mapping_id":"0","name":"other"}]';
    expect(toGroup(parseJsonDetails('lsfcconsistgrp', parts))).toMatchObject({
      name: 'g',
      state: 'copying',
    });
  });
});
