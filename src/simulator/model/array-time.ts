// The array writes times as YYMMDDhhmmss of its own clock (here UTC). Two starts within one second show the same time, as on the real box.

export function arrayTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
}
