// What destroyed data looks like: text that names its cause, so that a test or a person who reads it knows which promise was broken.

/** `POISONED GRAIN 7 OF fcmap0 ` over and over. */
export function rubbish(
  cause: 'POISONED' | 'SCRIBBLED',
  where: { mapping: string; grain: number; length: number },
): Uint8Array {
  return new Uint8Array(
    Buffer.alloc(where.length, `${cause} GRAIN ${where.grain} OF ${where.mapping} `),
  );
}

/** Where prepare scribbles: first, middle and last grain. */
export function scribbledGrains(total: number): number[] {
  return [...new Set([0, Math.floor(total / 2), total - 1])];
}
