// Search attributes fit what a server takes, in bytes: 75 pairs with names of eleven characters once made the server end the run.
import { describe, expect, it } from 'vitest';
import { bytesOf, cutText } from '../../../src/domain/cut.js';
import { keywords } from '../../../src/domain/search-attributes.js';

const wire = (names: readonly string[]): number => Buffer.byteLength(JSON.stringify(names));
const named = (count: number, form: (at: number) => string): string[] =>
  Array.from({ length: count }, (_, at) => form(at));

describe('search attributes', () => {
  it('hold all names where they fit, each once', () => {
    expect(keywords(['a', 'b', 'a', ''])).toEqual(['a', 'b']);
  });

  it.each([
    ['75 pairs with names of eleven characters', named(150, (at) => `volume_${1000 + at}`)],
    ['512 pairs with names of 63 characters', named(1_024, (at) => `${at}`.padStart(63, 'v'))],
    ['names of three bytes a character', named(300, (at) => `データ${at}`)],
    ['names that JSON escapes', named(300, (at) => `"\\"${at}`)],
  ])('of %s stay within 2,048 bytes, use them, and count what is missing', (_, names) => {
    const cut = keywords(names);
    const [marker] = cut.slice(-1);
    expect(wire(cut)).toBeLessThanOrEqual(2_048);
    expect(cut.slice(0, -1)).toEqual(names.slice(0, cut.length - 1));
    expect(marker).toBe(`+${names.length - cut.length + 1} more`);
    const one = [...names.slice(0, cut.length), `+${names.length - cut.length} more`];
    expect(wire(one)).toBeGreaterThan(2_048);
  });

  it('cut a name that no store takes, between two characters', () => {
    expect(keywords(['𝕧'.repeat(200)])).toEqual([`${'𝕧'.repeat(63)}…`]);
  });
});

describe('text', () => {
  it('has the bytes that it has in UTF-8', () => {
    for (const text of ['plain', 'ä', '→', '𝕧', '\ud800', 'mixed ä → 𝕧'])
      expect(bytesOf(text), text).toBe(Buffer.byteLength(text));
  });

  it('is left alone when it fits, and cut between characters when not', () => {
    expect(cutText('ääää', 8)).toBe('ääää');
    expect(cutText('äääää', 8)).toBe('ää…');
  });
});
