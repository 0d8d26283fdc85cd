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

/** All, or the first failure once every one of them has ended. */
async function allEnded<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

/** At most `width` at a time, in order of the items: 512 volumes must not mean 512 waiting commands. Nothing is left running when it fails. */
export async function inBatches<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  width = 8,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += width) {
    results.push(...(await allEnded(items.slice(at, at + width).map(work))));
  }
  return results;
}
