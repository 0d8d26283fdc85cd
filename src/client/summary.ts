// What the Temporal UI shows of a run before it does anything: one line, and the pairs of volumes. The server keeps 400 bytes and 20,000,
// and refuses a start, or a schedule, that brings more.
import { aboutRequest } from '../domain/about.js';
import { bytesOf, cutList, cutText } from '../domain/cut.js';
import type { FlashCopyRequest } from '../domain/request.js';

/** Of the payload: JSON with its quotes and escapes, and its encoding. */
const SUMMARY_BYTES = 300;
const DETAILS_BYTES = 15_000;

export const summaryOf = (request: FlashCopyRequest, said?: string): string =>
  cutText(said ?? aboutRequest(request), SUMMARY_BYTES);

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
      .map((pair) => `${array}: ${pair}`),
  );
  const mounts = targets.flatMap(({ host, mounts }) =>
    mounts.map(({ from, at }) => `${host}: \`${at}\` (copy of \`${from}\`)`),
  );
  return [...listed(pairs), ...listed(mounts)].join('\n');
}

const listed = (items: readonly string[]): string[] =>
  cutList(items, (list) => bytesOf(list.join('\n- ')) <= DETAILS_BYTES / 2).map(
    (item) => `- ${item}`,
  );
