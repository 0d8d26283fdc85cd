// One line for the Temporal UI: what is copied, from whom, to whom.
import type { FlashCopyRequest } from '../domain/request.js';

/** The server keeps at most 200 bytes. */
const MOST = 190;

export function summaryOf(request: FlashCopyRequest): string {
  const volumes = request.groups.reduce((sum, group) => sum + group.volumes.length, 0);
  const from = request.sources.map((s) => `${s.host} (${s.method})`).join(', ');
  const to = request.targets.map((t) => t.host).join(', ');
  const arrays = request.groups.map((g) => g.array).join(', ');
  const line = `${request.name}: ${volumes} ${volumes === 1 ? 'volume' : 'volumes'} on ${arrays}, ${from || 'no source host'} to ${to || 'no target host'}`;
  return line.length > MOST ? `${line.slice(0, MOST - 1)}…` : line;
}
