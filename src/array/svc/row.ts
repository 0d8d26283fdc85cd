// One object as the array tells of it, on either wire. Promise: a wrong value is never returned; what is missing or odd throws UNREADABLE_OUTPUT.
import { FlashCopyError } from '../../domain/errors.js';
import { excerptOf } from './codes.js';

const EXCERPT = 160;
/** Values that nobody is to see, in either form of an answer. */
const SECRET = /(\w*(?:secret|password|token|key)\w*"?\s*[!=:]\s*"?)[^\s"!,]+/gi;

/** The text is not what the command promises. The excerpt is limited and printable; nothing else of the output travels. */
export function unreadable(what: string, why: string, text: string): FlashCopyError {
  const excerpt = excerptOf(text.replace(SECRET, '$1***'), EXCERPT);
  return new FlashCopyError({
    family: 'parse',
    code: 'UNREADABLE_OUTPUT',
    message: `${what}: ${why}${excerpt === '' ? '' : `: ${JSON.stringify(excerpt)}`}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { command: what, excerpt },
  });
}

/** One object: a row of a listing, or a detailed view. Every accessor throws rather than guess. */
export class Row {
  constructor(
    private readonly what: string,
    /** Undefined: there, and no text. */
    private readonly fields: ReadonlyMap<string, string | undefined>,
    /** Of a detailed view whose keys repeat: every value of a key. */
    private readonly repeated: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {}

  text(column: string): string {
    const text = this.fields.get(column);
    if (text !== undefined) return text;
    return this.#refuse(column, this.fields.has(column) ? 'is no text' : 'is missing');
  }

  /** For columns that older code levels do not have. */
  textOr(column: string, otherwise: string): string {
    return this.fields.has(column) ? this.text(column) : otherwise;
  }

  /** Every value of a key that may stand in a detailed view several times, or not at all. */
  all(column: string): readonly string[] {
    return this.repeated.get(column) ?? [];
  }

  filled(column: string): string {
    const text = this.text(column);
    return text === '' ? this.#refuse(column, 'is empty') : text;
  }

  matching(column: string, pattern: RegExp): string {
    const text = this.text(column);
    return pattern.test(text) ? text : this.#refuse(column, 'has an unknown form');
  }

  integer(column: string, range: { readonly max?: number } = {}): number {
    const value = Number(this.matching(column, /^\d{1,16}$/));
    return value <= (range.max ?? Number.MAX_SAFE_INTEGER)
      ? value
      : this.#refuse(column, 'is out of range');
  }

  oneOf<T extends string>(column: string, values: readonly T[]): T {
    // Some levels begin a state with a capital: Empty.
    const text = this.text(column).toLowerCase();
    return (
      values.find((value) => value === text) ??
      this.#refuse(column, `is none of ${values.join(', ')}`)
    );
  }

  /** `yes`/`no` and `on`/`off`. */
  flag(column: string): boolean {
    const text = this.oneOf(column, ['yes', 'on', 'no', 'off']);
    return text === 'yes' || text === 'on';
  }

  /** Shows the value itself, and whose it is; nothing else of the object. */
  #refuse(column: string, why: string): never {
    const shown = [...new Set([column, 'id', 'name'])]
      .filter((name) => this.fields.has(name))
      .map((name) => `${name}=${this.fields.get(name) ?? '(no text)'}`);
    throw unreadable(this.what, `column ${column} ${why}`, shown.join(' '));
  }
}
