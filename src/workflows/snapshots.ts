// What steps ask of a group that is a snapshot of a volume group instead of mappings.
import type { SnapshotPart } from '../activities/contract.js';
import { snapshotPart, type PlannedGroup, type PlannedSnapshot } from '../domain/plan.js';

/** For an order: nothing for a group of mappings. */
export function withSnapshot(planned: PlannedGroup): { readonly snapshot?: SnapshotPart } {
  const snapshot = snapshotPart(planned);
  return snapshot === undefined ? {} : { snapshot };
}

/** A new one, which goes when the run fails. */
export const takesSnapshot = ({ snapshot }: PlannedGroup): boolean =>
  snapshot !== undefined && snapshot.restoreFrom === undefined;

export const restoresSnapshot = ({ snapshot }: PlannedGroup): boolean =>
  snapshot?.restoreFrom !== undefined;

export const makesClones = ({ snapshot }: PlannedGroup): boolean => snapshot?.clone !== undefined;

/** For an order that needs no volumes. */
export const planOf = ({ snapshot }: PlannedGroup): { readonly snapshot?: PlannedSnapshot } =>
  snapshot === undefined ? {} : { snapshot };
