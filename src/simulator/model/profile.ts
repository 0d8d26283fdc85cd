// Points on which sources disagree, as switches of a code level; defaults follow IBM's command pages.

export interface Profile {
  readonly codeLevel: string;
  /** IBM's pages: accepted without effect since 4.2; the message list has CMMVC5910E for it. */
  readonly stopOnIdle: 'no-op' | 'refused';
  /** IBM 9.1.3 says 15 for consistency groups, the general limit is 63. */
  readonly groupNameLimit: 15 | 63;
  /** 9.x lists more columns of mappings. */
  readonly snapshotColumns: boolean;
}

export function profileFor(codeLevel: string, switches: Partial<Profile> = {}): Profile {
  return {
    codeLevel,
    stopOnIdle: 'no-op',
    groupNameLimit: 15,
    snapshotColumns: Number.parseInt(codeLevel, 10) >= 9,
    ...switches,
  };
}
