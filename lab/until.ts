// Waiting for something outside this process, always with an end and always saying what was waited for.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  within: number;
  every?: number;
}

export async function until<T>(
  what: string,
  patience: Patience,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + patience.within;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${patience.within} ms`);
    await sleep(patience.every ?? 100);
  }
}
