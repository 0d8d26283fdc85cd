// The lists of names by which a copy is found in Temporal, cut to what every server takes: client, schedules and workflow write the same.
// A server refuses a start whose attribute is too long, and ends a run that writes one.
import { bytesOf, cutList, cutText } from './cut.js';
import type { FlashCopyRequest } from './request.js';

/** Of one attribute as it is sent, JSON with its brackets and commas. */
const MOST_BYTES = 2_048;
/** Of one name: SQL stores keep 255 characters. */
const MOST_OF_A_NAME = 255;

export interface NamesOfCopy {
  readonly FlashCopyArray: readonly string[];
  readonly FlashCopyVolume: readonly string[];
  readonly FlashCopyHost: readonly string[];
}

export function namesOf({ groups, sources, targets }: FlashCopyRequest): NamesOfCopy {
  const volumes = groups.flatMap((group) =>
    group.volumes.flatMap(({ source, target }) => [source, target]),
  );
  return {
    FlashCopyArray: keywords(groups.map(({ array }) => array)),
    FlashCopyVolume: keywords(volumes),
    FlashCopyHost: keywords([...sources, ...targets].map(({ host }) => host)),
  };
}

/** Each once, as many as fit. What was left out is counted in the last one: a search for it finds the runs that carry more. */
export function keywords(names: readonly string[]): readonly string[] {
  const each = [...new Set(names)].filter((name) => name !== '');
  return cutList(
    each.map((name) => cutText(name, MOST_OF_A_NAME)),
    (list) => bytesOf(JSON.stringify(list)) <= MOST_BYTES,
  );
}
