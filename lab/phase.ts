// One line per phase with its seconds, so that a slow lab says where it was slow.

export async function phase<T>(name: string, work: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work();
  console.log(`${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  ${name}`);
  return result;
}
