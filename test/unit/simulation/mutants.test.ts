// Planted bugs still fit the source they are planted in: a stale one would show only when `make mutants` is run.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../../simulation/mutants/list.js';
import { planted } from '../../simulation/mutants/mutant.js';

const read = (file: string): string => readFileSync(file, 'utf8');

describe('a planted bug', () => {
  it('whose text is gone, or stands twice, is refused by the name of its file', () => {
    const [mutant] = MUTANTS;
    expect(() => planted(mutant!, () => 'rewritten')).toThrow(
      `${mutant!.file} has no longer: ${mutant!.edits[0]![0]}`,
    );
    const twice = mutant!.edits[0]![0].repeat(2);
    expect(() => planted(mutant!, () => twice)).toThrow(`${mutant!.file} has 2 times`);
  });

  it.each(MUTANTS)('fits the source: $name', (mutant) => {
    for (const [file, text] of planted(mutant, read)) expect(text, file).not.toBe(read(file));
  });

  it('has a name of its own: its place on the disk is called so', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });
});
