// What a code level has. `8.6.0.0 (build 169...)`: the first numbers count.

type Level = readonly number[];

/** A level that cannot be read is none. */
export function isAtLeast(codeLevel: string, since: Level): boolean {
  const level = /^\d+(?:\.\d+)*/.exec(codeLevel)?.[0].split('.').map(Number) ?? [];
  for (const [at, wanted] of since.entries()) {
    const found = level[at] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}

/** First code level with snapshots of volume groups. */
export const hasSnapshots = (codeLevel: string): boolean => isAtLeast(codeLevel, [8, 5, 1]);

/** Copy and clean rates: 150 from 7.8.1 on (Cinder), 100 before. */
export const highestRate = (codeLevel: string): number =>
  isAtLeast(codeLevel, [7, 8, 1]) ? 150 : 100;
