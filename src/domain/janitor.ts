// What the janitor found, mended and reports: plain data, the result of its workflow and the output of `flashcopy janitor run`.
import type { Notice } from './notice.js';

export type FindingKind =
  | 'overdue-hold'
  | 'hold-from-before-a-reboot'
  | 'prepared-group'
  | 'orphan-lock'
  | 'stuck-run'
  | 'stuck-guard'
  | 'schedule-skipped'
  | 'not-looked-at';

export interface Finding {
  /** The same trouble has the same key in each round: people are told once. */
  readonly key: string;
  readonly kind: FindingKind;
  /** Host, array, workflow or schedule. */
  readonly where: string;
  /** One line. */
  readonly what: string;
  /** What a person can do; '' when nothing is to be done. */
  readonly todo: string;
  /** Nobody else calls a person for it. */
  readonly needsPerson: boolean;
}

/** What one look brought. */
export interface Findings {
  readonly repaired: readonly Finding[];
  readonly reported: readonly Finding[];
}

export interface JanitorReport extends Findings {
  /** ISO time of the workflow's clock. */
  readonly at: string;
  readonly arrays: readonly string[];
  readonly hosts: readonly string[];
  readonly openCopies: number;
  /** Keys of findings that a person was told of. */
  readonly told: readonly string[];
}

/** The message for what is new. */
export function noticeOf(findings: readonly Finding[]): Pick<Notice, 'what' | 'why' | 'todo'> {
  const skipped = findings.every(({ kind }) => kind === 'schedule-skipped');
  return {
    what: skipped ? 'schedule-skipped' : 'janitor',
    why: findings.map(({ what }) => what).join('; '),
    todo: findings.map(({ todo }) => todo).filter((line) => line !== ''),
  };
}
