// The plan, or every reason against it. Pure: what was found goes in, what will be done comes out, and nothing outside it is touched.
import { refusalError, type Refusal } from '../errors.js';
import type { Plan } from '../plan.js';
import { ADOPT_RULES } from './adopt-rules.js';
import { buildGroups } from './build-groups.js';
import { buildSnapshots } from './build-snapshots.js';
import { buildSources } from './build-sources.js';
import { buildTargets } from './build-targets.js';
import { CLONE_RULES } from './clone-rules.js';
import { DEPENDENT_RULES } from './dependent-rules.js';
import { DURATION_RULES } from './duration-rules.js';
import { GROUP_RULES } from './group-rules.js';
import { hashOf } from './hash.js';
import { HOST_RULES } from './host-rules.js';
import { restoresSnapshot, usesSnapshots } from './kinds.js';
import { LAYER_RULES } from './layer-rules.js';
import { LIMIT_RULES } from './limit-rules.js';
import { linesOf, type PlanToTell } from './lines.js';
import { lossesOf } from './losses.js';
import { MAP_RULES } from './map-rules.js';
import { confirmed, MAPPING_RULES } from './mapping-rules.js';
import { REPLICATION_RULES } from './replication-rules.js';
import { REQUEST_RULES } from './request-rules.js';
import { RESTORE_IDENTITY_RULES, RESTORE_RULES } from './restore-rules.js';
import type { Rule } from './rule.js';
import { SNAPSHOT_RULES } from './snapshot-rules.js';
import { SNAPSHOT_VOLUME_RULES } from './snapshot-volume-rules.js';
import { SOURCE_RULES } from './source-rules.js';
import { TARGET_RULES } from './target-rules.js';
import { viewOf, type Situation, type View } from './view.js';
import { HEALTH_RULES, VOLUME_RULES } from './volume-rules.js';

/** What is asked of hosts is the same for every kind. */
const HOSTS: readonly Rule[] = [
  ...MAP_RULES,
  ...HOST_RULES,
  ...SOURCE_RULES,
  ...LAYER_RULES,
  ...TARGET_RULES,
  ...RESTORE_IDENTITY_RULES,
];

const OF_MAPPINGS: readonly Rule[] = [
  ...REQUEST_RULES,
  ...VOLUME_RULES,
  ...REPLICATION_RULES,
  ...SNAPSHOT_VOLUME_RULES,
  ...DURATION_RULES,
  ...MAPPING_RULES,
  ...ADOPT_RULES,
  ...DEPENDENT_RULES,
  ...RESTORE_RULES,
  ...LIMIT_RULES,
  ...GROUP_RULES,
  ...HOSTS,
];

const OF_SNAPSHOTS: readonly Rule[] = [
  ...REQUEST_RULES,
  ...HEALTH_RULES,
  ...REPLICATION_RULES,
  ...SNAPSHOT_RULES,
  ...CLONE_RULES,
  ...HOSTS,
];

const rulesFor = (view: View): readonly Rule[] =>
  !usesSnapshots(view)
    ? OF_MAPPINGS
    : restoresSnapshot(view)
      ? [...OF_SNAPSHOTS, confirmed]
      : OF_SNAPSHOTS;

export type Planned = { readonly plan: Plan } | { readonly refusals: readonly Refusal[] };

/** All refusals at once, each with the field, the value and what would be right. The same situation gives the same plan and hash. */
export function planCopy(situation: Situation): Planned {
  const view = viewOf(situation);
  const refusals = distinct(rulesFor(view).flatMap((rule) => rule(view)));
  if (refusals.length > 0) return { refusals };
  const plan = buildPlan(view);
  const { approval } = situation.request;
  if (approval === undefined || approval === plan.hash) return { plan };
  return { refusals: [notApproved(approval, plan.hash)] };
}

/** The plan; throws all refusals as one error of family `plan`, its code the first one's. */
export function requirePlan(planned: Planned): Plan {
  if ('plan' in planned) return planned.plan;
  throw refusalError(planned.refusals);
}

function buildPlan(view: View): Plan {
  const { request, token } = view;
  const { name: set, copy, grade, maxPauseMs, maxOutageMs, maxPreparedMs, verify } = request;
  const plan: PlanToTell = {
    ...{ set, token, copy, grade, maxPauseMs, maxOutageMs, maxPreparedMs, verify },
    groups: usesSnapshots(view) ? buildSnapshots(view) : buildGroups(view),
    sources: buildSources(view),
    targets: buildTargets(view),
    losses: lossesOf(view),
  };
  return { ...plan, lines: linesOf(plan), hash: hashOf(plan) };
}

const notApproved = (approval: string, hash: string): Refusal => ({
  code: 'PLAN_NOT_APPROVED',
  field: 'approval',
  value: approval,
  remedy: `the plan is now ${hash}: read it, and approve that hash`,
});

/** One fact may touch two pairs; it is told once. */
const distinct = (refusals: readonly Refusal[]): Refusal[] => [
  ...new Map(refusals.map((refusal) => [Object.values(refusal).join('\n'), refusal])).values(),
];
