// Points on which sources disagree, as switches of a code level; defaults follow IBM's command pages.

export interface Profile {
  readonly codeLevel: string;
  /** IBM's pages: accepted without effect since 4.2; the message list has CMMVC5910E for it. */
  readonly stopOnIdle: 'no-op' | 'refused';
  /** IBM 9.1.3 says 15 for consistency groups; the general limit is 63, and Cinder sends 44 characters to every level it knows. */
  readonly groupNameLimit: 15 | 63;
  /** 9.x lists more columns of mappings. */
  readonly snapshotColumns: boolean;
  /** `start -prep` of what is prepared already: IBM says it succeeds, the documentation of the flag says it fails. */
  readonly prepOfPrepared: 'starts' | 'refused';
  /** IBM's Ansible module starts what has no start time: a copy that was stopped below 100 % is one. */
  readonly startTimeAfterStop: 'cleared' | 'kept';
  /** A mapping whose source has snapshots of the system: CMMVC9862E at prepare, or prepared like any. */
  readonly sourceWithSnapshots: 'refused' | 'prepared';
  /** How lsvdisk calls a target that is preparing or prepared; I/O fails in either case. */
  readonly preparedTarget: 'offline' | 'online';
  /** What a refusal looks like over REST: plain text, or an object with code and description. */
  readonly restErrors: 'text' | 'json';
  /** Owner columns of groups come with 8.3. */
  readonly ownerColumns: boolean;
  /** A volume in a mapping may be expanded: from 8.4.2 on, says the Cinder driver. */
  readonly expandWithMappings: boolean;
  /** Mappings in the system: 4096 on older levels. */
  readonly maxMappings: number;
  readonly maxGroups: number;
  readonly maxVolumes: number;
}

/** The levels that were looked at; a level between two takes the older one's switches. */
const LEVELS: readonly (readonly [level: string, changes: Partial<Profile>])[] = [
  ['7.8', { ownerColumns: false, maxMappings: 4096, maxGroups: 255, maxVolumes: 10_000 }],
  ['8.3', { ownerColumns: true, maxMappings: 5000, maxGroups: 500 }],
  ['8.4.2', { expandWithMappings: true }],
  ['8.6', { restErrors: 'json', maxMappings: 15_864, maxVolumes: 15_864 }],
  ['9.0', { snapshotColumns: true }],
  ['9.1', { groupNameLimit: 15 }],
];

const OLDEST: Omit<Profile, 'codeLevel'> = {
  stopOnIdle: 'no-op',
  groupNameLimit: 63,
  snapshotColumns: false,
  prepOfPrepared: 'starts',
  startTimeAfterStop: 'cleared',
  sourceWithSnapshots: 'refused',
  preparedTarget: 'offline',
  restErrors: 'text',
  ownerColumns: true,
  expandWithMappings: false,
  maxMappings: 4096,
  maxGroups: 255,
  maxVolumes: 10_000,
};

export function profileFor(codeLevel: string, switches: Partial<Profile> = {}): Profile {
  const reached = LEVELS.filter(([level]) => reaches({ codeLevel }, level)).map(
    ([, changes]) => changes,
  );
  return Object.assign({ codeLevel }, OLDEST, ...reached, switches) as Profile;
}

/** True when the code level is that one or a later one. */
export function reaches(
  { codeLevel }: Pick<Profile, 'codeLevel'>,
  since: string | undefined,
): boolean {
  const [have, want] = [codeLevel, since ?? '0'].map((level) => level.split('.').map(Number));
  for (let at = 0; at < (want?.length ?? 0); at++) {
    const difference = (have?.[at] ?? 0) - (want?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
