// One object as the array tells of it, on either wire. Promise: a wrong value is never returned; what is missing or odd throws UNREADABLE_OUTPUT.
import { FlashCopyError } from '../../domain/errors.js';

const EXCERPT = 160;

/** The text is not what the command promises. The excerpt is limited and printable; nothing else of the output travels. */
export function unreadable(what: string, why: string, text: string): FlashCopyError {
  const excerpt = text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, EXCERPT);
  return new FlashCopyError({
    family: 'parse',
    code: 'UNREADABLE_OUTPUT',
    message: `${what}: ${why}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { command: what, excerpt },
  });
}

/** One object: a row of a listing, or a detailed view. Every accessor throws rather than guess. */
export class Row {
  constructor(
    private readonly what: string,
    private readonly fields: ReadonlyMap<string, string>,
    /** Of a detailed view whose keys repeat: every value of a key. */
    private readonly repeated: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {}

  text(column: string): string {
    return this.fields.get(column) ?? this.#refuse(column, 'is missing');
  }

  /** For columns that older code levels do not have. */
  textOr(column: string, otherwise: string): string {
    return this.fields.get(column) ?? otherwise;
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
    const text = this.text(column);
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

  #refuse(column: string, why: string): never {
    throw unreadable(
      this.what,
      `column ${column} ${why}`,
      [...this.fields].map((f) => f.join('=')).join(' '),
    );
  }
}
