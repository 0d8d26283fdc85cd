// Doing the same on several hosts or groups at once.
// Promise kept here: when this ends, nothing it started still runs, so what is undone next is not being done meanwhile.
import { CancellationScope } from '@temporalio/workflow';

/** All at once; the first failure cancels the others, waits for them, and is thrown. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const scope = new CancellationScope();
  let failed: { readonly error: unknown } | undefined;
  const results = await scope.run(() =>
    Promise.allSettled(
      items.map(async (item) => {
        try {
          return await work(item);
        } catch (error) {
          failed ??= { error };
          scope.cancel();
          throw error;
        }
      }),
    ),
  );
  if (failed !== undefined) throw failed.error;
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** Different work side by side, with the same promise. */
export async function sideBySide(...works: readonly (() => Promise<unknown>)[]): Promise<void> {
  await inParallel(works, (work) => work());
}
