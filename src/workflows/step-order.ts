// The order of the building blocks, asked at run time: each names what has to be done before it.
// Promise kept here: a block out of its place fails with STEP_ORDER before it touches anything, and
// a procedure that leaves one out does not end as a good copy.
import { FlashCopyError } from '../domain/errors.js';

/** What each block needs; `docs/procedure.md` says why. */
const NEEDS = {
  validate: [],
  /** Starts the guard, before anything is locked. */
  lock: ['validate'],
  plan: ['lock'],
  ensure: ['plan'],
  /** Before the targets go offline: released later, their host hangs on them. */
  releaseTargets: ['ensure'],
  makePreparable: ['releaseTargets'],
  preFlush: ['plan'],
  prepare: ['makePreparable'],
  takePointInTime: ['preFlush', 'prepare'],
  grade: ['takePointInTime'],
  makeClones: ['grade'],
  mountTargets: ['makeClones'],
  backgroundCopy: ['makeClones'],
  retain: ['mountTargets', 'backgroundCopy'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Block = keyof typeof NEEDS;

export class StepOrder {
  readonly #done = new Set<Block>();

  /** Carries out a block in its place. */
  async take<T>(block: Block, work: () => Promise<T>): Promise<T> {
    this.require(block, ...NEEDS[block]);
    const result = await work();
    this.#done.add(block);
    return result;
  }

  require(what: string, ...blocks: readonly Block[]): void {
    const missing = blocks.filter((block) => !this.#done.has(block));
    if (missing.length > 0) throw outOfOrder(what, missing);
  }

  /** It has to be done again before what needs it. */
  undone(block: Block): void {
    this.#done.delete(block);
  }
}

/** A block that keeps its place. */
export const inOrder =
  <C extends { readonly order: StepOrder }, A extends unknown[], R>(
    block: Block,
    work: (copy: C, ...more: A) => Promise<R>,
  ) =>
  (copy: C, ...more: A): Promise<R> =>
    copy.order.take(block, () => work(copy, ...more));

export const outOfOrder = (what: string, missing: readonly string[]): FlashCopyError =>
  new FlashCopyError({
    family: 'state',
    code: 'STEP_ORDER',
    message: `${what} needs ${missing.join(' and ')} before it`,
    details: { what, missing },
  });
