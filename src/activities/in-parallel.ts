// Doing things side by side without leaving one of them behind.

/** All, or the first failure after everything that did succeed was undone. Nothing is left running when it returns. */
export async function allOrUndo<T>(
  tasks: readonly Promise<T>[],
  undo: (done: T) => void,
): Promise<T[]> {
  const settled = await Promise.allSettled(tasks);
  const failed = settled.find((task) => task.status === 'rejected');
  const done = settled.flatMap((task) => (task.status === 'fulfilled' ? [task.value] : []));
  if (failed === undefined) return done;
  done.forEach(undo);
  throw failed.reason;
}

/** At most `width` at a time, in order of the items: 512 volumes must not mean 512 waiting commands. */
export async function inBatches<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  width = 8,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += width) {
    results.push(...(await Promise.all(items.slice(at, at + width).map(work))));
  }
  return results;
}
