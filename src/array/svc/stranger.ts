// Rows of listings, most of which belong to others. Promise: what cannot be read in a row breaks only who asks for it.

/**
 * A row that cannot be read whole keeps its names, so that everybody can see whether it concerns them; whatever else
 * is asked of it throws what is odd. Nothing is ever left out of such an object unnoticed.
 */
export function byName<R, T extends object>(
  convert: (row: R) => T,
  names: (row: R) => Partial<T>,
): (row: R) => T {
  return (row) => {
    try {
      return convert(row);
    } catch (error) {
      return new Proxy(names(row), {
        get: (known, key) => {
          if (Object.hasOwn(known, key)) return known[key as keyof T];
          if (typeof key === 'symbol') return undefined;
          throw error;
        },
        ownKeys: () => {
          throw error;
        },
      }) as T;
    }
  };
}
