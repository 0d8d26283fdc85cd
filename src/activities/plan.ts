// The plan: read everything, then judge it by pure rules. Nothing is touched; a refusal carries all reasons at once.
import { planCopy, requirePlan } from '../domain/plan-rules/plan-copy.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './heartbeat.js';
import { inspect } from './inspect.js';
import { SharedSystems } from './shared-system.js';

type PlanActivities = Pick<FlashCopyActivities, 'flashCopyPlan'>;

export function planActivities(deps: ActivityDependencies): PlanActivities {
  const systems = new SharedSystems(deps.clock);
  return {
    flashCopyPlan: ({ request, token }) =>
      whileBeating(deps.clock, async () => {
        const { arrayHosts, declaredHosts } = deps;
        const found = await inspect({ ...deps, systems }, request, token);
        return requirePlan(planCopy({ request, token, arrayHosts, declaredHosts, ...found }));
      }),
  };
}
