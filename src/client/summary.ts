// What the Temporal UI shows of a run before it does anything: one line, and the pairs of volumes. The server keeps 400 bytes and 20,000.
import { aboutRequest } from '../domain/about.js';
import type { FlashCopyRequest } from '../domain/request.js';

const MOST = 190;
/** The request itself is the input of the run; this is for reading. */
const MOST_PAIRS = 50;

export function summaryOf(request: FlashCopyRequest): string {
  const line = aboutRequest(request);
  return line.length > MOST ? `${line.slice(0, MOST - 1)}…` : line;
}

/** Markdown. */
export function staticDetailsOf({ groups, targets }: FlashCopyRequest): string {
  const pairs = groups.flatMap(({ array, volumes }) =>
    volumes
      .map(({ source, target }) =>
        [source, target]
          .filter((name) => name !== '')
          .map((name) => `\`${name}\``)
          .join(' → '),
      )
      .map((pair) => `- ${array}: ${pair}`),
  );
  const mounts = targets.flatMap(({ host, mounts }) =>
    mounts.map(({ from, at }) => `- ${host}: \`${at}\` (copy of \`${from}\`)`),
  );
  const more = pairs.length > MOST_PAIRS ? [`- and ${pairs.length - MOST_PAIRS} more`] : [];
  return [...pairs.slice(0, MOST_PAIRS), ...more, ...mounts.slice(0, MOST_PAIRS)].join('\n');
}
