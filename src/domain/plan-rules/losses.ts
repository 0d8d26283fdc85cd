// What a run destroys, said before it does, and what else a person should know. No numbers that change while one reads: they are part of the hash.
import { isOwn } from './mapping-rules.js';
import { protectionNote } from './map-rules.js';
import type { View } from './view.js';

export function lossesOf(view: View): string[] {
  const { name: set, copy } = view.request;
  const lost = view.pairs.flatMap(({ asked, target, mapping, array }) => {
    const where = `${asked.target} (${array.array})`;
    if (target === undefined) return [];
    if (!isOwn(mapping, set)) return [`all data on ${where}, UID ${target.uid}, as confirmed by overwrite`];
    if (mapping.startTime === '') return [`all data on ${where}`];
    const generation = `the copy of ${asked.source} on ${where}`;
    if (mapping.state !== 'copying') return [`${generation}: replaced by the new one`];
    return [
      mapping.progressPercent < 100
        ? `${generation}: still under 100 %, so stopping it makes it unusable at once${copy.incremental ? '; the incremental refresh copies everything again' : ''}`
        : `${generation}: replaced by the new one`,
    ];
  });
  const releases = view.targetViews.flatMap(({ asked, found, pairs }) => {
    const uids = pairs.flatMap(({ target }) => (target === undefined ? [] : [target.uid]));
    return found.fileSystems
      .filter(({ disks }) => disks.some((disk) => uids.includes(disk)))
      .map(({ mountPoint }) => `what is mounted at ${mountPoint} on ${asked.host}`);
  });
  return [...lost, ...releases, ...protectionNote(view)];
}
