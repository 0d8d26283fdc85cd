// The plan for people: every action in order, one line each, named by array, host, device and mount point.
import { afterLine, beforeLine, cloneLines, cutLine, isTold } from './snapshot-lines.js';
import { copyTime } from './duration-rules.js';
import type {
  Plan,
  PlannedFileSystem,
  PlannedGroup,
  PlannedMapping,
  PlannedSource,
  PlannedTarget,
  Synthesis,
} from '../plan.js';

export type PlanToTell = Omit<Plan, 'lines' | 'hash'>;

export const linesOf = (plan: PlanToTell): string[] => [
  ...plan.groups.flatMap((group) => (isTold(group) ? [] : ensureLines(group))),
  ...plan.groups.flatMap(stopLines),
  ...plan.targets.flatMap(releaseLines),
  ...plan.sources.map(
    ({ host, mounts }) => `${host}: flush ${points(mounts)} beforehand and write a mark to each`,
  ),
  ...plan.groups.map((group) => (isTold(group) ? beforeLine(group) : prepareLine(group, plan))),
  ...plan.sources.map((source) => stillLine(source, plan)),
  ...plan.groups.map((group) => (isTold(group) ? cutLine(group) : startLine(group))),
  ...plan.sources.map(giveBackLine),
  ...plan.groups.flatMap((group) => (isTold(group) ? cloneLines(group) : [])),
  ...plan.targets.flatMap((target) => presentLines(target, plan)),
  ...plan.groups.map((group) =>
    isTold(group) ? afterLine(group, plan.copy.waitFor === 'copied') : copyLine(group, plan),
  ),
];

const prepareLine = ({ array, name, restore }: PlannedGroup, plan: PlanToTell): string =>
  `${array}: prepare group ${name}${restore === true ? ' (-restore: copies taken from its targets go on)' : ''} and wait until it is prepared, at most ${seconds(plan.maxPreparedMs)}`;

const startLine = ({ array, name, mappings }: PlannedGroup): string =>
  `${array}: start group ${name}: ${count(mappings.length, 'mapping')} at one instant`;

function ensureLines({ array, name, existing, mappings, ...group }: PlannedGroup): string[] {
  const { copyRate, cleanRate, incremental, grainSize } = group;
  const made = mappings.filter((mapping) => mapping.existing === undefined);
  const attributes = `copy rate ${copyRate}, clean rate ${cleanRate}, grain ${grainSize} KiB${incremental ? ', incremental' : ''}`;
  return [
    ...leftoverLines(array, group.leftovers),
    ...mappings.flatMap(({ source, target, createTarget }) =>
      createTarget === undefined
        ? []
        : [
            `${array}: create ${createTarget.thin === undefined ? '' : 'thin '}volume ${target.name}, ${source.capacityBytes} bytes, in pool ${createTarget.pool}`,
          ],
    ),
    existing === undefined
      ? `${array}: create group ${name}`
      : `${array}: rename group ${existing.name} to ${name}`,
    ...listed(
      made,
      (names) =>
        `${array}: create ${count(made.length, 'mapping')} in it: ${names} (${attributes})`,
    ),
    ...listed(
      mappings.filter((mapping) => mapping.adopted === true),
      (names) => `${array}: take over the mappings found, into group ${name}: ${names}`,
    ),
    ...listed(
      mappings.filter((mapping) => mapping.existing !== undefined && mapping.adopted !== true),
      (names) =>
        `${array}: use the mappings found: ${names} (copy rate ${copyRate}, clean rate ${cleanRate})`,
    ),
  ];
}

function leftoverLines(array: string, leftovers: PlannedGroup['leftovers']): string[] {
  if (leftovers === undefined) return [];
  const { mappings, volumes, groups } = leftovers;
  const line = (what: string, names: readonly string[]): string[] =>
    names.length === 0
      ? []
      : [`${array}: remove ${what} that an earlier run left unfinished: ${few(names)}`];
  return [
    ...line('mappings', mappings),
    ...line('volumes', volumes),
    ...line('empty groups', groups),
  ];
}

/** One line for all of them: a group may hold 512. */
const listed = (mappings: readonly PlannedMapping[], line: (names: string) => string): string[] =>
  mappings.length === 0 ? [] : [line(few(mappings.map(arrow)))];

/** A line is for people; all of them stand in the plan's own groups and targets, which the hash covers too. */
const MOST_NAMES = 16;
const few = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;

const arrow = ({ source, target }: PlannedMapping): string => `${source.name} -> ${target.name}`;

function stopLines({ array, name, existing, stop, stopFirst = [] }: PlannedGroup): string[] {
  const busy =
    existing !== undefined && !['empty', 'idle_or_copied', 'stopped'].includes(existing.state);
  const how = {
    force: ' with all that depends on it (-force)',
    split: ' and split off what depends on it (-split)',
  };
  return [
    ...stopFirst.map(
      ({ mapping, group }) =>
        `${array}: stop ${mapping}${group === '' ? '' : ` with its group ${group}`}`,
    ),
    ...(busy
      ? [
          `${array}: stop group ${name}, which is ${existing.state}${stop === undefined ? '' : how[stop]}`,
        ]
      : []),
  ];
}

function releaseLines({ host, release, keepMapped, presentations }: PlannedTarget): string[] {
  const disk = keepMapped ? 'hold exclusively open' : 'remove';
  return [
    ...release.mounts.map((mountPoint) => `${host}: unmount ${mountPoint}`),
    ...release.volumeGroups.map((group) => `${host}: deactivate volume group ${group}`),
    ...(release.uids.length === 0 ? [] : [`${host}: flush and ${disk} disks ${few(release.uids)}`]),
    ...(keepMapped
      ? []
      : mapLines(presentations, (volumes, to) => `unmap ${volumes} from ${to}, if mapped`)),
  ];
}

/** One line for each array. */
function mapLines(
  presentations: PlannedTarget['presentations'],
  line: (volumes: string, arrayHost: string) => string,
): string[] {
  const arrays = [...new Set(presentations.map(({ array }) => array))];
  return arrays.map((array) => {
    const here = presentations.filter((presentation) => presentation.array === array);
    return `${array}: ${line(few(here.map(({ vdisk }) => vdisk)), here[0]?.arrayHost ?? '')}`;
  });
}

function stillLine(
  { host, method, units, mounts, deadlineMs }: PlannedSource,
  plan: PlanToTell,
): string {
  if (method === 'quiesce')
    return `${host}: freeze ${points(mounts)}, at most ${seconds(plan.maxPauseMs)}; thawed by itself after ${seconds(deadlineMs)}`;
  const stop = units.length === 0 ? '' : `stop ${units.join(', ')}; `;
  return `${host}: ${stop}unmount ${points(mounts)}, at most ${seconds(plan.maxOutageMs)}; given back by itself after that`;
}

function giveBackLine({ host, method, units, mounts }: PlannedSource): string {
  if (method === 'quiesce') return `${host}: thaw ${points(mounts)} and write a second mark`;
  const start = units.length === 0 ? '' : `, start ${[...units].reverse().join(', ')}`;
  return `${host}: mount ${points([...mounts].reverse())}${start} and write a second mark`;
}

function presentLines(
  { host, presentations, synthesis, ...target }: PlannedTarget,
  plan: PlanToTell,
): string[] {
  const mounted = target.fileSystems.filter(({ at }) => at !== '');
  const check = plan.verify.fileSystem ? 'check and mount' : 'mount';
  return [
    ...mapLines(presentations, (volumes, to) => `map ${volumes} to ${to}`),
    `${host}: find ${count(presentations.length, 'disk')} by UID`,
    ...SYNTHESIS_LINES[synthesis](host, target),
    ...mounted.map(
      ({ device, at, readOnly, from }) =>
        `${host}: ${check} ${device} at ${at}${readOnly ? ' read-only' : ''}${synthesis === 'former' ? ', as it was' : ` (copy of ${from})`}`,
    ),
    ...(mounted.every(({ from }) => from === '')
      ? []
      : [`${host}: look for the first mark on each, and for the second, which must not be there`]),
  ];
}

type Identified = Pick<PlannedTarget, 'volumeGroups' | 'fileSystems'>;

const identityLines = (host: string, { volumeGroups, fileSystems }: Identified): string[] => [
  ...volumeGroups.map(
    ({ sourceName, name, disks }) =>
      `${host}: new identity for volume group ${sourceName}, here ${name}, on ${count(disks.length, 'disk')}`,
  ),
  ...fileSystems.map(
    ({ device, fsType }: PlannedFileSystem) => `${host}: new UUID for ${fsType} on ${device}`,
  ),
];

const formerLines = (host: string, { volumeGroups, fileSystems }: Identified): string[] => [
  ...volumeGroups.map(
    ({ name, sourceUuid, disks }) =>
      `${host}: give volume group ${name} its UUID ${sourceUuid} back, and those of ${count(disks.length, 'PV')}`,
  ),
  ...fileSystems.map(
    ({ device, fsType, sourceUuid }) =>
      `${host}: give ${fsType} on ${device} its UUID ${sourceUuid} back`,
  ),
  `${host}: compare names, UUIDs, labels and mount options with those of before`,
];

const SYNTHESIS_LINES: Readonly<Record<Synthesis, (host: string, target: Identified) => string[]>> =
  {
    auto: identityLines,
    keep: (host) => [`${host}: keep the identities of the copy`],
    former: formerLines,
  };

const copyLine = (group: PlannedGroup, plan: PlanToTell): string =>
  `${progressLine(group, plan)}${copyTime(group)}${group.autodelete === true ? '; then its mappings and the group go' : ''}`;

const progressLine = ({ array, name, copyRate }: PlannedGroup, { copy }: PlanToTell): string =>
  copy.waitFor === 'copied'
    ? `${array}: wait until group ${name} has copied everything`
    : `${array}: group ${name} ${copyRate === 0 ? 'copies nothing in the background: the copy needs its source for ever' : 'goes on copying in the background'}`;

const points = (mounts: readonly { readonly mountPoint: string }[]): string =>
  mounts.map(({ mountPoint }) => mountPoint).join(', ');
const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
