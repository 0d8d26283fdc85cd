// Copy rate 0-150 to bytes per second: ten rates share a row, each row doubles the one before (IBM's table, 1-10 = 128 KiB/s).

export function bytesPerSecond(rate: number): number {
  return rate === 0 ? 0 : 128 * 1024 * 2 ** Math.floor((rate - 1) / 10);
}
