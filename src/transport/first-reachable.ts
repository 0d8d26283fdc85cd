// A machine with two addresses, e.g. an array whose management address may move: the one that answered last is tried first.
// Promise: only an address that cannot be reached at all sends us to the next; a wrong key or a refused login is said, not passed over.
import { FlashCopyError } from '../domain/errors.js';

/** `turn` is awaited before each try, and told when the try is over. Throws the first address's error when all are UNREACHABLE. */
export function firstReachable<A, C>(
  addresses: readonly A[],
  connect: (address: A) => Promise<C>,
): (turn: () => Promise<() => void>) => Promise<C> {
  let preferred = 0;
  return async (turn) => {
    let first: unknown;
    for (let tried = 0; tried < addresses.length; tried += 1) {
      const at = (preferred + tried) % addresses.length;
      const begun = await turn();
      try {
        const connection = await connect(addresses[at] as A);
        preferred = at;
        return connection;
      } catch (error) {
        if (!(error instanceof FlashCopyError && error.code === 'UNREACHABLE')) throw error;
        first ??= error;
      } finally {
        begun();
      }
    }
    throw first;
  };
}
