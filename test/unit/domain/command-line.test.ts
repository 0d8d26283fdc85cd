// Commands that are printed reach the run they are about: a shell takes them apart into the very words that were meant.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { flashcopyCommand } from '../../../src/domain/command-line.js';
import { setOfRun } from '../../../src/domain/names.js';

/** The words as a POSIX shell hands them on. */
const words = (command: string): string[] =>
  execFileSync('/bin/sh', ['-c', `flashcopy() { printf '%s\\n' "$@"; }; ${command}`])
    .toString()
    .trimEnd()
    .split('\n');

describe('a printed command', () => {
  it.each([
    ['flashcopy/erp', ['cancel', 'flashcopy/erp']],
    ['flashcopy/erp-2026-11-24T02:00:00Z', ['cancel', 'flashcopy/erp-2026-11-24T02:00:00Z']],
    ['erp', ['cancel', '--id', 'erp']],
    [`it's "mine" $HOME`, ['cancel', '--id', `it's "mine" $HOME`]],
    ['a/b c;`d`', ['cancel', 'a/b c;`d`']],
    ['-x/y', ['cancel', '--', '-x/y']],
  ])('about %s', (id, expected) => {
    expect(words(flashcopyCommand('cancel', id))).toEqual(expected);
  });

  it('keeps its flags', () => {
    expect(words(flashcopyCommand('resolve', 'f/erp', '--host', 'db1'))).toEqual([
      ...['resolve', 'f/erp', '--host', 'db1'],
    ]);
    expect(words(flashcopyCommand('resolve', '-x', '--host', 'db1'))).toEqual([
      ...['resolve', '--id', '--host', 'db1', '--', '-x'],
    ]);
  });
});

describe('the set of a run', () => {
  it('is its name without the token', () => {
    expect(setOfRun('erp-nightly-b3f9a2')).toBe('erp-nightly');
    expect(setOfRun('something')).toBe('something');
  });
});
