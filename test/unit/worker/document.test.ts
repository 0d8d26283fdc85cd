// Files as a user may hand them in: bombs, giants and things that are no files cost one line. The time limit of a reading is V8's own; that it is kept, `anchors alone` shows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDocumentFile } from '../../../src/worker/document.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'document-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string): unknown {
  const file = path.join(folder, 'request.yaml');
  writeFileSync(file, text);
  return readDocumentFile(file);
}
function refused(text: string): string {
  let said = 'was taken';
  try {
    read(text);
  } catch (error) {
    said = (error as Error).message;
  }
  expect(said).not.toContain('\n');
  return said;
}

describe('a file', () => {
  it('of 10 MB is refused by its size, before it is read', () => {
    expect(refused('a: 1\n'.repeat(2_000_000))).toMatch(
      /^the document: too large, more than 1000000 bytes/,
    );
  });

  it('that is none (a device without end, a folder) is not read', () => {
    expect(() => readDocumentFile('/dev/zero')).toThrow('is not a regular file');
    expect(() => readDocumentFile(folder)).toThrow('is a directory');
  });

  const laughs = [...'bcdefghij'].map(
    (to, i) =>
      `${to}: &${to} [${Array(9)
        .fill(`*${'abcdefghi'.charAt(i)}`)
        .join()}]`,
  );
  it.each([
    ['aliases of aliases', `a: &a [x,x,x]\n${laughs.join('\n')}`, /alias/],
    ['brackets', '['.repeat(500_000), /nested deeper/],
    ['braces', '{a: '.repeat(100_000), /nested deeper/],
    ['lists in lists', '- '.repeat(400_000), /nested deeper/],
    [
      'ever deeper lines',
      Array.from({ length: 1_300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      /nested/,
    ],
    ['anchors alone', '&a '.repeat(200_000), /takes more than 5000 ms to read/],
    ['the same field again', 'a: 1\na: 2\n', /unique/],
    ['two documents', 'a: 1\n---\na: 2\n', /multiple documents/],
  ])('of %s is refused in one line', { timeout: 60_000 }, (_, text, message) => {
    expect(refused(text)).toMatch(message);
  });

  it('keeps a field called __proto__ as a field, for the schema to refuse', () => {
    expect(Object.keys(read('__proto__: { a: 1 }') as object)).toEqual(['__proto__']);
  });

  it('is what it says, and knows no tags that run code', () => {
    expect(read('a: &x [1, two]\nb: *x\n')).toEqual({ a: [1, 'two'], b: [1, 'two'] });
    expect(read('!!js/function "x"')).toBe('x');
  });
});
