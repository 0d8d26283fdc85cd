// The order of mount points: deepest first to take down and to freeze, outermost first to mount. Equal depths by name, so plans are stable.

const depth = (path: string): number => path.split('/').filter((part) => part !== '').length;

const byPath = (a: string, b: string): number =>
  depth(b) - depth(a) || (a < b ? -1 : a > b ? 1 : 0);

export const deepestFirst = <T>(items: readonly T[], pathOf: (item: T) => string): T[] =>
  [...items].sort((a, b) => byPath(pathOf(a), pathOf(b)));

export const outermostFirst = <T>(items: readonly T[], pathOf: (item: T) => string): T[] =>
  [...items].sort((a, b) => depth(pathOf(a)) - depth(pathOf(b)) || byPath(pathOf(a), pathOf(b)));
