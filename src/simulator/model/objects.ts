// A list of objects that finds by id at once: ten thousand volumes are listed, not searched.

/** Objects are added with `push` and taken away with `drop` of state.ts, nothing else. */
export class Objects<T extends { readonly id: number }> extends Array<T> {
  /** What `filter` and `map` make are plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** Counts additions and removals: whoever derives an index from the list knows when it is old. */
  version = 0;
  private readonly ids = new Map<number, T>();
  private lowestFree = 0;

  override push(...added: T[]): number {
    for (const object of added) this.ids.set(object.id, object);
    this.version++;
    return super.push(...added);
  }

  override splice(start: number, count = 0): T[] {
    const gone = super.splice(start, count);
    for (const { id } of gone) {
      this.ids.delete(id);
      this.lowestFree = Math.min(this.lowestFree, id);
    }
    this.version++;
    return gone;
  }

  byId(id: number): T | undefined {
    return this.ids.get(id);
  }

  /** Lowest free integer: ids are used again after a removal. */
  freeId(from = 0): number {
    let id = Math.max(from, this.lowestFree);
    while (this.ids.has(id)) id++;
    if (from <= this.lowestFree) this.lowestFree = id;
    return id;
  }
}
