// The situation as the rules look at it: every pair of volumes with what stands on the array, every host with what was asked of it.
// What could not be found is undefined here; the rules say so, and the plan is built only when none of them has anything to say.
import type {
  ArrayInspection,
  HostInspection,
  InspectedFileSystem,
  InspectedVolumeGroup,
} from '../inspection.js';
import type { FlashCopyMapping } from '../mapping.js';
import type { FlashCopyRequest, RequestedSource, RequestedTarget, VolumePair } from '../request.js';
import type { VDisk } from '../vdisk.js';
import { deepestFirst } from './mount-order.js';

export interface Situation {
  readonly request: FlashCopyRequest;
  /** Drawn for this run, 6 characters. */
  readonly token: string;
  readonly arrays: readonly ArrayInspection[];
  /** Source hosts, asked about the source volumes. */
  readonly sources: readonly HostInspection[];
  /** Target hosts, asked about the target volumes that exist. */
  readonly targets: readonly HostInspection[];
  /** Array name -> name of the host object there. */
  readonly arrayHosts: (host: string) => Readonly<Record<string, string>>;
  /** Every host of the inventory. */
  readonly declaredHosts: readonly string[];
}

export interface PairView {
  /** Path into the request: `volumes[0]`. */
  readonly field: string;
  readonly array: ArrayInspection;
  readonly asked: VolumePair;
  readonly source: VDisk | undefined;
  readonly target: VDisk | undefined;
  /** The mapping source -> target, if there is one. */
  readonly mapping: FlashCopyMapping | undefined;
}

export interface SourceView {
  /** `sources[0]`. */
  readonly field: string;
  readonly asked: RequestedSource;
  readonly found: HostInspection;
  /** File systems on the source volumes that were asked for, deepest first. */
  readonly mounts: readonly InspectedFileSystem[];
  /** Volume groups on the source volumes. */
  readonly volumeGroups: readonly InspectedVolumeGroup[];
}

export interface TargetView {
  /** `targets[0]`. */
  readonly field: string;
  readonly asked: RequestedTarget;
  readonly found: HostInspection;
  /** Whose targets this host gets: all for a single target host, else those beneath the mounts it asks for. */
  readonly pairs: readonly PairView[];
}

export interface View extends Situation {
  readonly pairs: readonly PairView[];
  readonly sourceViews: readonly SourceView[];
  readonly targetViews: readonly TargetView[];
  /** UIDs of the source volumes that exist. */
  readonly sourceUids: ReadonlySet<string>;
}

export function viewOf(all: Situation): View {
  const situation = { ...all, arrays: all.arrays.map((array) => withoutSystems(array, all)) };
  const pairs = pairViews(situation);
  const sourceUids = new Set(
    pairs.flatMap(({ source }) => (source === undefined ? [] : [source.uid])),
  );
  const sourceViews = situation.request.sources.flatMap((asked, index) => {
    const found = situation.sources.find(({ host }) => host === asked.host);
    return found === undefined
      ? []
      : [sourceView(`sources[${index}]`, asked, { found, sourceUids })];
  });
  const targetViews = situation.request.targets.flatMap((asked, index) => {
    const found = situation.targets.find(({ host }) => host === asked.host);
    const alone = situation.request.targets.length === 1;
    const offered = pairs.filter(
      (pair) => pair.asked.host === undefined || pair.asked.host === asked.host,
    );
    const presented = alone ? offered : pairsBeneath(offered, sourceViews, asked);
    return found === undefined
      ? []
      : [{ field: `targets[${index}]`, asked, found, pairs: presented }];
  });
  return { ...situation, pairs, sourceViews, targetViews, sourceUids };
}

/**
 * Mappings that replication or the array's snapshots own are nobody's to count, stop or wait for.
 * Only one that leads to a target of ours stays, to be refused.
 */
function withoutSystems(array: ArrayInspection, { request }: Situation): ArrayInspection {
  const targets = new Set(
    request.groups
      .filter((group) => group.array === array.array)
      .flatMap(({ volumes }) => volumes.map(({ target }) => target)),
  );
  const mappings = array.mappings.filter(
    ({ replicationControlled, target }) => !replicationControlled || targets.has(target),
  );
  return { ...array, mappings };
}

function pairViews({ request, arrays }: Situation): PairView[] {
  return request.groups.flatMap((group, index) => {
    const array = arrays.find((one) => one.array === group.array);
    if (array === undefined) return [];
    const byName = new Map(array.vdisks.map((vdisk) => [vdisk.name, vdisk]));
    const prefix = request.groups.length === 1 ? '' : `groups[${index}].`;
    return group.volumes.map((asked, at) => ({
      ...{ field: `${prefix}volumes[${at}]`, array, asked },
      ...{ source: byName.get(asked.source), target: byName.get(asked.target) },
      mapping: array.mappings.find(
        ({ source, target }) => source === asked.source && target === asked.target,
      ),
    }));
  });
}

function sourceView(
  field: string,
  asked: RequestedSource,
  on: { readonly found: HostInspection; readonly sourceUids: ReadonlySet<string> },
): SourceView {
  const { found, sourceUids } = on;
  const touches = (disks: readonly string[]): boolean => disks.some((disk) => sourceUids.has(disk));
  const ours = found.fileSystems.filter(({ disks }) => touches(disks));
  const { mounts } = asked;
  const wanted =
    mounts === 'auto' ? ours : ours.filter(({ mountPoint }) => mounts.includes(mountPoint));
  return {
    ...{ field, asked, found },
    mounts: deepestFirst(wanted, ({ mountPoint }) => mountPoint),
    volumeGroups: found.volumeGroups.filter(({ physicalVolumes }) => touches(physicalVolumes)),
  };
}

/** The pairs beneath the mounts a target host asks for, whole volume groups at a time. */
function pairsBeneath(
  pairs: readonly PairView[],
  sources: readonly SourceView[],
  asked: RequestedTarget,
): readonly PairView[] {
  const needed = new Set<string>();
  for (const source of sources) {
    for (const mount of source.mounts) {
      if (!asked.mounts.some(({ from }) => from === mount.mountPoint)) continue;
      const group = source.volumeGroups.find(({ name }) => name === mount.volumeGroup);
      for (const disk of [...mount.disks, ...(group?.physicalVolumes ?? [])]) needed.add(disk);
    }
  }
  // A pair that names its host goes there, also where nobody sees the source and no mount can tell.
  return pairs.filter(
    (pair) =>
      (pair.source !== undefined && needed.has(pair.source.uid)) || pair.asked.host === asked.host,
  );
}

/** Each mapping that touches a pair, with that pair. */
export function others<T>(
  { pairs }: View,
  judge: (found: { readonly mapping: FlashCopyMapping; readonly pair: PairView }) => readonly T[],
): T[] {
  return pairs.flatMap((pair) =>
    pair.array.mappings.flatMap((mapping) =>
      touches(mapping, pair) ? judge({ mapping, pair }) : [],
    ),
  );
}

const touches = ({ source, target }: FlashCopyMapping, { asked }: PairView): boolean =>
  [source, target].some((name) => name === asked.source || name === asked.target);
