// What may become part of a command line on a host, and how it is quoted.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checked, commandLine, quote } from '../../../../src/host/linux/words.js';

describe('words of a command line', () => {
  it.each([
    ['path', '/data; reboot'],
    ['path', '/data/../etc'],
    ['path', 'data'],
    ['path', '/with blank'],
    ['path', '/with$dollar'],
    ['path', '/with%percent'],
    ['path', '/tab\there'],
    ['device', '/etc/passwd'],
    ['device', 'uid:xyz'],
    ['uid', '6005'],
    ['run', '../../etc'],
    ['run', '-rf'],
    ['unit', '-H host'],
    ['group', '-n'],
    ['fsType', 'xfs,rw'],
  ] as const)('refuses the %s %j before it reaches a shell', (shape, word) => {
    expect(() => checked(shape, word)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }));
  });

  it('lets ordinary names through', () => {
    expect(checked('path', '/srv/db-1/data_2')).toBe('/srv/db-1/data_2');
    expect(checked('path', '/')).toBe('/');
    expect(checked('device', '/dev/mapper/36005-part1')).toBe('/dev/mapper/36005-part1');
    expect(checked('unit', 'postgresql@15-main.service')).toBe('postgresql@15-main.service');
  });

  it('a shell reads back exactly the words that were quoted, whatever they hold', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !/[\0\n]/.test(text));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        const out = execFileSync('/bin/sh', [
          '-c',
          `printf '%s\\n' ${commandLine(['x', ...words])}`,
        ]).toString();
        expect(out).toBe(['x', ...words, ''].join('\n'));
      }),
      { numRuns: 25 },
    );
  });

  it('quotes a quote', () => {
    expect(quote(`it's`)).toBe(`'it'\\''s'`);
  });
});
