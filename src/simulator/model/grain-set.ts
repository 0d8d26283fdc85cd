// A bitmap of grains, as an array keeps one per mapping: which are still to be copied, which were changed since the last start.

export class GrainSet {
  private constructor(
    readonly total: number,
    private readonly bits: Uint8Array,
    private count: number,
  ) {}

  static empty(total: number): GrainSet {
    return new GrainSet(total, new Uint8Array(Math.ceil(total / 8)), 0);
  }

  static full(total: number): GrainSet {
    const set = GrainSet.empty(total);
    for (let grain = 0; grain < total; grain++) set.add(grain);
    return set;
  }

  static parse(total: number, base64: string): GrainSet {
    const bits = Uint8Array.from(Buffer.from(base64, 'base64'));
    const set = GrainSet.empty(total);
    for (let grain = 0; grain < total; grain++)
      if (((bits[grain >> 3] ?? 0) >> (grain & 7)) & 1) set.add(grain);
    return set;
  }

  get size(): number {
    return this.count;
  }

  has(grain: number): boolean {
    return (((this.bits[grain >> 3] ?? 0) >> (grain & 7)) & 1) === 1;
  }

  add(grain: number): void {
    if (grain >= this.total || this.has(grain)) return;
    this.bits[grain >> 3] = (this.bits[grain >> 3] ?? 0) | (1 << (grain & 7));
    this.count++;
  }

  delete(grain: number): void {
    if (!this.has(grain)) return;
    this.bits[grain >> 3] = (this.bits[grain >> 3] ?? 0) & ~(1 << (grain & 7));
    this.count--;
  }

  /** The lowest members, at most `limit` of them. */
  lowest(limit: number): number[] {
    const found: number[] = [];
    for (let byte = 0; byte < this.bits.length && found.length < limit; byte++) {
      if (this.bits[byte] === 0) continue;
      for (let bit = 0; bit < 8 && found.length < limit; bit++)
        if (this.has(byte * 8 + bit)) found.push(byte * 8 + bit);
    }
    return found;
  }

  members(): number[] {
    return this.lowest(this.total);
  }

  copy(): GrainSet {
    return new GrainSet(this.total, this.bits.slice(), this.count);
  }

  encode(): string {
    return Buffer.from(this.bits).toString('base64');
  }
}

/** The grains a range of bytes touches, first and last included. */
export function grainsOf(range: { offset: number; length: number }, grainBytes: number): number[] {
  if (range.length <= 0) return [];
  const first = Math.floor(range.offset / grainBytes);
  const last = Math.floor((range.offset + range.length - 1) / grainBytes);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
