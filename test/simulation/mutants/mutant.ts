// A planted bug: a small change of the source, and the cells of the matrix that must find it. A simulation that misses one proves nothing.
import type { CopyOrder } from '../world/world.js';
import type { Method } from '../matrix.js';

export interface Change {
  /** Below the repository. */
  readonly file: string;
  /** Text that stands there, and what is put in its place. */
  readonly edits: readonly (readonly [string, string])[];
}

export interface Mutant extends Change {
  readonly name: string;
  /** Where one thing is kept in two places. */
  readonly also?: readonly Change[];
  readonly method: Method;
  /** Of a snapshot as this kind of clone; default: by mappings. */
  readonly snapshot?: NonNullable<CopyOrder['snapshot']>;
  /** Titles of the cells to try, in their order; then the soak. */
  readonly cells: RegExp;
  /** Volumes of the source. */
  readonly many?: number;
  /** Another copy must succeed afterwards. */
  readonly again?: true;
  /** Another set wants the same targets while the first copy has given its sources back, and still copies. */
  readonly rival?: true;
}

/** Each file with its text as it is planted. Throws where a text to change is there no longer, or more than once. */
export function planted(mutant: Mutant, read: (file: string) => string): Map<string, string> {
  return new Map(
    [mutant, ...(mutant.also ?? [])].map(({ file, edits }) => [
      file,
      edits.reduce(replaced(file), read(file)),
    ]),
  );
}

const replaced =
  (file: string) =>
  (text: string, [from, to]: readonly [string, string]): string => {
    const [before, after, ...more] = text.split(from);
    if (before === undefined || after === undefined)
      throw new Error(`${file} has no longer: ${from}`);
    if (more.length > 0) throw new Error(`${file} has ${more.length + 1} times: ${from}`);
    return `${before}${to}${after}`;
  };
