// The grade of a copy, from causal evidence only: quiesce acknowledged -> prepared read -> our own start succeeded -> attest unbroken.
import type { Grade, Method } from './request.js';

export interface GradeEvidence {
  readonly hosts: readonly {
    readonly host: string;
    readonly method: Method;
    readonly quiesceAcknowledged: boolean;
    /** '' when unbroken. */
    readonly broken: string;
    readonly applicationQuiesced: boolean;
  }[];
  readonly groups: readonly {
    readonly name: string;
    /** `prepared` was read after every quiesce was acknowledged. */
    readonly preparedRead: boolean;
    /** Our start, and no other, took effect before the give back. */
    readonly started: boolean;
    /** Every mapping shows our group and one start time newer than before. */
    readonly oneInstant: boolean;
  }[];
}

export type Graded =
  | { readonly grade: Grade; readonly because: string }
  | { readonly grade: undefined; readonly because: string };

const ORDER: readonly Grade[] = ['crash', 'filesystem', 'application'];
export const meetsGrade = (grade: Grade | undefined, wanted: Grade): boolean =>
  grade !== undefined && ORDER.indexOf(grade) >= ORDER.indexOf(wanted);

/** No grade at all when the groups were not cut at one instant by our own start; `crash` when a quiesce does not count. */
export function gradeCopy(evidence: GradeEvidence): Graded {
  const group = evidence.groups.find((g) => !(g.preparedRead && g.started && g.oneInstant));
  if (group !== undefined || evidence.groups.length === 0) {
    return {
      grade: undefined,
      because: `group ${group?.name ?? '(none)'} was not provably started by this run at one instant`,
    };
  }
  const broken = evidence.hosts.find((h) => !h.quiesceAcknowledged || h.broken !== '');
  if (broken !== undefined) {
    const why = broken.broken === '' ? 'never acknowledged its quiesce' : broken.broken;
    if (evidence.groups.length > 1)
      return {
        grade: undefined,
        because: `${broken.host}: ${why}; groups on several arrays share no instant`,
      };
    return { grade: 'crash', because: `${broken.host}: ${why}` };
  }
  if (evidence.hosts.length === 0)
    return { grade: 'crash', because: 'no source host was quiesced' };
  const application = evidence.hosts.every((h) => h.method === 'unmount' || h.applicationQuiesced);
  return application
    ? {
        grade: 'application',
        because:
          'every host was stopped and unmounted, or its application quiesced, across the start',
      }
    : { grade: 'filesystem', because: 'every file system stood still across the start' };
}
