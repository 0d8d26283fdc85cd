import { describe, expect, it } from 'vitest';
import { expandStatus, parseLine } from '../../../../src/simulator/shell/tokens.js';

const words = (line: string): string[][] =>
  parseLine(line).map((step) => [step.after, ...step.words]);

describe('the tokenizer of the restricted shell', () => {
  it.each([
    'lsvdisk | grep a',
    'lsvdisk > /tmp/x',
    'echo $HOME',
    'echo `id`',
    "echo 'open",
    'a &',
    'a &&',
    '|| a',
  ])('refuses %s', (line) => {
    expect(() => parseLine(line)).toThrow();
  });

  it('splits at ; || && and remembers which', () => {
    expect(words('a 1; b 2 || c && d;')).toEqual([
      [';', 'a', '1'],
      [';', 'b', '2'],
      ['||', 'c'],
      ['&&', 'd'],
    ]);
  });

  it('keeps blanks and operators inside quotes, and joins adjacent pieces', () => {
    expect(words(`mk -name 'a b; c' "x \\" y"'z'`)).toEqual([
      [';', 'mk', '-name', 'a b; c', 'x " yz'],
    ]);
    expect(words("x ''")).toEqual([[';', 'x', '']]);
  });

  it('expands $? when the command runs, but not in single quotes', () => {
    const [step] = parseLine(`echo $? "rc=$?" '$?'`);
    expect(step?.words.map((word) => expandStatus(word, 7))).toEqual(['echo', '7', 'rc=7', '$?']);
  });
});
