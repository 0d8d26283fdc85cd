// Splits a line as the array's restricted shell does: `;` `||` `&&`, single and double quotes, backslash, `$?`. Nothing else of a shell is there.

export interface Step {
  /** How this command hangs on the one before it. */
  readonly after: ';' | '||' | '&&';
  readonly words: readonly string[];
}

/** Stands for `$?` until the command runs; no client can type it. */
const STATUS = '\u0000';
const FORBIDDEN = /[|&<>`()]/;

/** Thrown for what a restricted shell does not do; exit status 2. */
export class SyntaxRefused extends Error {}

export function parseLine(line: string): Step[] {
  const steps: Step[] = [];
  let after: Step['after'] = ';';
  let words: string[] = [];
  const endStep = (next: Step['after']): void => {
    if (words.length > 0) steps.push({ after, words });
    else if (next !== ';' || after !== ';') throw new SyntaxRefused(`syntax error near '${next}'`);
    words = [];
    after = next;
  };
  for (const token of tokens(line)) {
    if (token.operator) endStep(token.text as Step['after']);
    else words.push(token.text);
  }
  if (words.length > 0 || after !== ';') endStep(';');
  return steps;
}

export const expandStatus = (word: string, status: number): string =>
  word.replaceAll(STATUS, String(status));

interface Token {
  readonly text: string;
  readonly operator: boolean;
}

function* tokens(line: string): Generator<Token> {
  let rest = line;
  while ((rest = rest.replace(/^[ \t]+/, '')) !== '') {
    const operator = /^(;|\n|\|\||&&)/.exec(rest)?.[0];
    if (operator !== undefined) {
      yield { text: operator === '\n' ? ';' : operator, operator: true };
      rest = rest.slice(operator.length);
    } else {
      const word = readWord(rest);
      yield { text: word.text, operator: false };
      rest = rest.slice(word.length);
    }
  }
}

function readWord(input: string): { text: string; length: number } {
  let text = '';
  let at = 0;
  while (
    at < input.length &&
    !/[ \t\n;]/.test(input.charAt(at)) &&
    !/^(\|\||&&)/.test(input.slice(at))
  ) {
    const piece = readPiece(input.slice(at));
    text += piece.text;
    at += piece.length;
  }
  return { text, length: at };
}

function readPiece(input: string): { text: string; length: number } {
  const char = input.charAt(0);
  if (char === "'" || char === '"') {
    const quoted = char === "'" ? /^'([^']*)'/.exec(input) : /^"((?:[^"\\]|\\[^])*)"/.exec(input);
    if (!quoted) throw new SyntaxRefused('unterminated quote');
    const inner = quoted[1] ?? '';
    const text =
      char === "'" ? inner : inner.replaceAll('$?', STATUS).replaceAll(/\\(["\\$`])/g, '$1');
    return { text, length: quoted[0].length };
  }
  if (char === '\\') return { text: input.charAt(1), length: 2 };
  if (input.startsWith('$?')) return { text: STATUS, length: 2 };
  if (char === '$' || FORBIDDEN.test(char))
    throw new SyntaxRefused(`'${char}' is not available in this shell`);
  return { text: char, length: 1 };
}
