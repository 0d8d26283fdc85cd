// What a run destroys, said before it does, and what else a person should know. No numbers that change while one reads: they are part of the hash.
import { dependentPart } from './dependent-rules.js';
import { durationNotes } from './duration-rules.js';
import { formerOf, givesBack, unknownDisks } from './former-identities.js';
import { askedSnapshot, goesBack, restoresSnapshot, takesSnapshot } from './kinds.js';
import { isOwn } from './mapping-rules.js';
import { protectionNote } from './map-rules.js';
import type { PairView, View } from './view.js';

export function lossesOf(view: View): string[] {
  const { name: set, copy } = view.request;
  const existing = view.pairs.filter(({ target }) => target !== undefined);
  const own = existing.filter(({ mapping }) => isOwn(mapping, set));
  const running = own.filter(
    ({ mapping }) => mapping?.state === 'copying' && mapping.progressPercent < 100,
  );
  const again = copy.incremental ? '; the incremental refresh copies everything again' : '';
  return [
    ...named(
      existing.filter((pair) => !own.includes(pair)),
      (on) => `all data on ${on}, as confirmed by UID`,
    ),
    ...named(
      running,
      (on) =>
        `the copy on ${on}: still under 100 %, so stopping it makes it unusable at once${again}`,
    ),
    ...named(
      own.filter((pair) => !running.includes(pair)),
      (on) => `the former copy on ${on}: replaced by the new one`,
    ),
    ...mountedOnTargets(view),
    ...identities(view),
    ...stoppedDependents(view),
    ...ofSnapshots(view),
    ...protectionNote(view),
    ...durationNotes(view),
  ];
}

function ofSnapshots(view: View): string[] {
  const { safeguarded, restoreFrom = '' } = askedSnapshot(view);
  return [
    ...(restoresSnapshot(view)
      ? [`everything that was written since snapshot ${restoreFrom}`]
      : []),
    ...(takesSnapshot(view) && safeguarded
      ? ['room of the pool: a safeguarded snapshot stays until it expires, also when the run fails']
      : []),
  ];
}

/** What production is known by and will not be, or may not be. */
const identities = (view: View): string[] =>
  !goesBack(view)
    ? []
    : view.targetViews.flatMap((target) => {
        const { host } = target.asked;
        const unknown = unknownDisks(target).join(', ');
        const { volumeGroups, fileSystems } = formerOf(target);
        const names = [
          ...volumeGroups.map(({ name }) => name),
          ...fileSystems.map(({ at, device }) => (at === '' ? device : at)).sort(),
        ].join(', ');
        const kept = givesBack(view, target) || names === '';
        return [
          ...(kept
            ? []
            : [
                `the identities of ${names} on ${host}: those of the copy stay, as asked (synthesis: keep)`,
              ]),
          ...(unknown === ''
            ? []
            : [
                `what ${host} knew ${unknown} by: it shows nothing of it now, so nothing is given back or compared`,
              ]),
        ];
      });

const stoppedDependents = (view: View): string[] =>
  (dependentPart(view, view.pairs).stopFirst ?? []).map(
    ({ mapping }) =>
      `the copy of mapping ${mapping}: it hangs on a target of this copy, and is stopped with it`,
  );

/** One line for each array: a group may hold 512. */
function named(pairs: readonly PairView[], line: (on: string) => string): string[] {
  const arrays = [...new Set(pairs.map(({ array }) => array.array))];
  return arrays.map((array) => {
    const here = pairs
      .filter((pair) => pair.array.array === array)
      .map(({ asked }) => asked.target);
    return line(`${here.join(', ')} (${array})`);
  });
}

const mountedOnTargets = ({ targetViews }: View): string[] =>
  targetViews.flatMap(({ asked, found, pairs }) => {
    const uids = new Set(pairs.flatMap(({ target }) => (target === undefined ? [] : [target.uid])));
    return found.fileSystems
      .filter(({ disks }) => disks.some((disk) => uids.has(disk)))
      .map(({ mountPoint }) => `what is mounted at ${mountPoint} on ${asked.host}`);
  });
