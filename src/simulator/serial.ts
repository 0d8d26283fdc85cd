// One after the other: the array runs changes one at a time, and what is queued for a data plane keeps its order.

export class Serial {
  private tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all that was queued before is done. */
  idle(): Promise<void> {
    return this.run(() => Promise.resolve());
  }
}
