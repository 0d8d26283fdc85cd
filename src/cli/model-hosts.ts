// The hosts of `--models`: each source host has its part of the volumes, in one volume group for each array; in a restore production's hosts have theirs, too.
import type { FlashCopyRequest, RequestedSource } from '../domain/request.js';
import type { ModelHostEntry } from '../worker/models.js';

type Disks = NonNullable<ModelHostEntry['disks']>[number];

/** Every host is known to every array. */
export function hostsOf(request: FlashCopyRequest): Record<string, ModelHostEntry> {
  const names = [...new Set([...request.sources, ...request.targets].map(({ host }) => host))];
  const arrayHosts = (name: string) =>
    Object.fromEntries(request.groups.map(({ array }) => [array, name]));
  const disks = [...sourceDisks(request), ...productionDisks(request)];
  return Object.fromEntries(
    names.map((name): [string, ModelHostEntry] => {
      const units = request.sources.find(({ host }) => host === name)?.units ?? [];
      return [
        name,
        {
          ...{ kind: 'model', arrayHosts: arrayHosts(name) },
          disks: disks.filter(({ host }) => host === name).map(({ on }) => on),
          writers: Object.fromEntries(units.map((unit) => [unit, []])),
        },
      ];
    }),
  );
}

interface Furnished {
  readonly host: string;
  readonly on: Disks;
}

const goesBack = ({ copy: { kind } }: FlashCopyRequest): boolean =>
  kind === 'restore' || kind === 'restore-snapshot';

/** `/data`, `/data1`... */
const numbered = (name: string, index: number): string => `${name}${index === 0 ? '' : index}`;

interface Share {
  readonly host: string;
  readonly array: string;
  readonly volumes: readonly string[];
}

/** Volumes of each array in turn, as many for each host as for the others. */
function shares(
  hosts: readonly string[],
  groups: readonly { readonly array: string; readonly volumes: readonly string[] }[],
): Share[] {
  const all = groups.flatMap(({ array, volumes }) => volumes.map((name) => ({ array, name })));
  const hostOf = (at: number): string => hosts[Math.floor((at * hosts.length) / all.length)] ?? '';
  return hosts.flatMap((host) =>
    groups.flatMap(({ array }) => {
      const volumes = all
        .filter((one, at) => one.array === array && hostOf(at) === host)
        .map(({ name }) => name);
      return volumes.length === 0 ? [] : [{ host, array, volumes }];
    }),
  );
}

function sourceDisks(request: FlashCopyRequest): Furnished[] {
  const groups = request.groups.map(({ array, volumes }) => ({
    array,
    volumes: volumes.map(({ source }) => source).filter((name) => name !== ''),
  }));
  const [place, group] = goesBack(request) ? ['/copy/data', 'vg_data_copy'] : ['/data', 'vg_data'];
  const names = request.targets.flatMap(({ volumeGroups }) => Object.keys(volumeGroups));
  const hosts = request.sources.map(({ host }) => host);
  const shared = shares(hosts, groups);
  return shared.map((share, index) => {
    const wanted = placesOf(request, shared, share);
    return furnished(share, {
      volumeGroup: names[index] ?? numbered(group, index),
      mounts: wanted.length > 0 ? wanted : [numbered(place, index)],
    });
  });
}

/** What the request mounts of this host: named there, or named by a target only and due to whoever names none. */
function placesOf(request: FlashCopyRequest, all: readonly Share[], share: Share): string[] {
  const named = (source: RequestedSource | undefined): readonly string[] =>
    source === undefined || source.mounts === 'auto' ? [] : source.mounts;
  const sourceOf = ({ host }: Share) => request.sources.find((source) => source.host === host);
  const own = named(sourceOf(share));
  const taken = new Set(request.sources.flatMap(named));
  const left = request.targets
    .flatMap(({ mounts }) => mounts.map(({ from }) => from))
    .filter((from, at, every) => !taken.has(from) && every.indexOf(from) === at);
  const free = all.filter((one) => named(sourceOf(one)).length === 0);
  const [from, among] =
    own.length > 0 ? [own, all.filter(({ host }) => host === share.host)] : [left, free];
  return from.filter((_, at) => at % among.length === among.indexOf(share));
}

/** What a restore overwrites stands on the hosts that get it back. */
function productionDisks(request: FlashCopyRequest): Furnished[] {
  if (!goesBack(request)) return [];
  const groups = request.groups.map(({ array, volumes }) => ({
    array,
    volumes: volumes.map(({ target }) => target),
  }));
  const hosts = request.targets.map(({ host }) => host);
  return shares(hosts, groups).map((share, index) => {
    const wanted = request.targets
      .filter(({ host }) => host === share.host)
      .flatMap(({ mounts }) => mounts.map(({ at }) => at));
    return furnished(share, {
      volumeGroup: numbered('vg_data', index),
      mounts: wanted.length > 0 ? wanted : [numbered('/data', index)],
    });
  });
}

const furnished = (
  { host, array, volumes }: Share,
  { volumeGroup, mounts }: { readonly volumeGroup: string; readonly mounts: readonly string[] },
): Furnished => ({
  host,
  on: {
    ...{ array, volumes, volumeGroup },
    mounts: Object.fromEntries(mounts.map((at, number) => [`lv${number}`, at])),
  },
});
