// Which fields the kinds of copies need, and which mean nothing to them: what nobody could carry out is said before anything is read.
import type {
  CopyKind,
  FlashCopyRequest,
  RequestedGroup,
  RequestedSnapshot,
  VolumePair,
} from '../domain/request.js';
import { shown } from './problem.js';

type Copy = FlashCopyRequest['copy'];

const ofSnapshots = (kind: CopyKind | undefined): boolean =>
  kind === 'snapshot' || kind === 'restore-snapshot';

export function snapshotProblems({ kind, snapshot }: Copy): string[] {
  if (!ofSnapshots(kind))
    return snapshot === undefined
      ? []
      : [
          `copy.snapshot = {...}: means nothing with copy.kind ${kind ?? 'mapping'}; use kind snapshot, or leave it out`,
        ];
  if (snapshot === undefined)
    return [
      `copy.snapshot = (missing): name the volume group of the array, copy.snapshot.volumeGroup`,
    ];
  return kind === 'snapshot' ? taking(snapshot) : restoring(snapshot);
}

function taking({
  retentionDays,
  retentionMinutes,
  safeguarded,
  clone,
  clonePool,
  restoreFrom,
}: RequestedSnapshot) {
  const kept = retentionDays !== undefined || retentionMinutes !== undefined;
  return [
    ...(retentionDays !== undefined && retentionMinutes !== undefined
      ? [
          `copy.snapshot.retentionMinutes = ${retentionMinutes}: retentionDays is there too; use one of the two`,
        ]
      : []),
    ...(safeguarded && !kept
      ? [
          'copy.snapshot.safeguarded = true: it would stay for ever; add retentionDays or retentionMinutes',
        ]
      : []),
    ...(clonePool !== undefined && clone === undefined
      ? [
          `copy.snapshot.clonePool = ${shown(clonePool)}: nothing is cloned; add clone, or leave it out`,
        ]
      : []),
    ...(restoreFrom === undefined
      ? []
      : [
          `copy.snapshot.restoreFrom = ${shown(restoreFrom)}: means nothing with copy.kind snapshot; use restore-snapshot, or leave it out`,
        ]),
  ];
}

function restoring(snapshot: RequestedSnapshot): string[] {
  const meaningless = (['retentionDays', 'retentionMinutes', 'clone', 'clonePool'] as const).filter(
    (field) => snapshot[field] !== undefined,
  );
  return [
    ...(snapshot.restoreFrom === undefined
      ? ['copy.snapshot.restoreFrom = (missing): name the snapshot that is to be restored']
      : []),
    ...[...meaningless, ...(snapshot.safeguarded ? (['safeguarded'] as const) : [])].map(
      (field) =>
        `copy.snapshot.${field} = ${shown(snapshot[field])}: nothing new is taken by a restore; leave it out`,
    ),
  ];
}

/** Source and target, as each kind wants them. */
export function pairProblems(groups: readonly RequestedGroup[], copy: Copy): string[] {
  const { kind = 'mapping', snapshot } = copy;
  const wants = {
    source: kind !== 'restore-snapshot',
    target: kind !== 'snapshot' || snapshot?.clone !== undefined,
    meaningless: kind === 'snapshot' ? NEW_VOLUMES : kind === 'restore-snapshot' ? RESTORED : [],
  };
  return groups.flatMap(({ volumes }, g) =>
    volumes.flatMap((pair, v) =>
      problemsOf(pair, groups.length === 1 ? `volumes[${v}]` : `groups[${g}].volumes[${v}]`, {
        ...wants,
        kind,
      }),
    ),
  );
}

const NEW_VOLUMES = ['create', 'overwrite', 'adopt'] as const;
const RESTORED = ['create', 'adopt'] as const;

interface Wants {
  readonly source: boolean;
  readonly target: boolean;
  readonly meaningless: readonly (typeof NEW_VOLUMES)[number][];
  readonly kind: CopyKind;
}

function problemsOf(
  pair: VolumePair,
  at: string,
  { kind, meaningless, ...wants }: Wants,
): string[] {
  const surplus = (['source', 'target'] as const).filter(
    (role) => !wants[role] && pair[role] !== '',
  );
  return [
    ...(['source', 'target'] as const)
      .filter((role) => wants[role] && pair[role] === '')
      .map((role) => `${at}.${role} = (missing): name the ${role} volume`),
    ...[...surplus, ...meaningless.filter((field) => pair[field] !== undefined)].map(
      (field) =>
        `${at}.${field} = ${shown(pair[field])}: means nothing with copy.kind ${kind}${field === 'target' ? ' without clone' : ''}; leave it out`,
    ),
  ];
}
