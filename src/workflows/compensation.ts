// The undo stack of one run: what is registered before a step is undone when the run fails or is cancelled.
// Promise kept here: give backs first and in parallel; one failing undo never stops another; a cancel does not reach any of them.
import { CancellationScope } from '@temporalio/workflow';
import type { CompensationReport } from '../domain/report.js';
import { errorLine } from './failure.js';

export interface Undo {
  /** One line for a person, e.g. `give back source1`. */
  readonly what: string;
  /** A note when there was nothing to do, or when it was done in a special way. */
  readonly run: () => Promise<string | undefined>;
  /** A step of the user's own: when it fails it is reported, but no guard can go on with it. */
  readonly own?: true;
}

/** Forgets an undo, once the step needs none any more. */
export type Forget = () => void;

export class UndoStack {
  readonly #giveBacks: Undo[] = [];
  readonly #others: Undo[] = [];

  constructor(private readonly record: (entry: CompensationReport) => void) {}

  /** Of a step on array or target; undone last in, first out. */
  register(undo: Undo): Forget {
    return push(this.#others, undo);
  }

  /** Of a source that may lose its I/O; undone before all others, all at once. */
  registerGiveBack(undo: Undo): Forget {
    return push(this.#giveBacks, undo);
  }

  get isEmpty(): boolean {
    return this.#giveBacks.length + this.#others.length === 0;
  }

  /** Nothing is undone any more. To be called once every source has its I/O. */
  forgetAll(): void {
    this.#others.length = 0;
  }

  /** The give backs alone, in parallel. */
  giveBackAll(): Promise<boolean> {
    return CancellationScope.nonCancellable(async () => {
      const results = await Promise.all(
        this.#giveBacks.splice(0).map((undo) => this.#carryOut(undo)),
      );
      return results.every(Boolean);
    });
  }

  /** Everything; true when all of it worked. May be called again: what was undone is gone from the stack. */
  unwind(): Promise<boolean> {
    return CancellationScope.nonCancellable(async () => {
      let ok = await this.giveBackAll();
      for (let undo = this.#others.pop(); undo !== undefined; undo = this.#others.pop()) {
        ok = (await this.#carryOut(undo)) && ok;
      }
      return ok;
    });
  }

  async #carryOut(undo: Undo): Promise<boolean> {
    try {
      const note = await undo.run();
      this.record({ what: undo.what, ok: true, ...(note === undefined ? {} : { note }) });
      return true;
    } catch (error) {
      this.record({ what: undo.what, ok: false, note: errorLine(error) });
      return undo.own === true;
    }
  }
}

function push(list: Undo[], undo: Undo): Forget {
  list.push(undo);
  return () => {
    const at = list.indexOf(undo);
    if (at >= 0) list.splice(at, 1);
  };
}
