// The plan: read everything, then judge it by pure rules. Nothing is touched; a refusal carries all reasons at once.
import { planCopy, requirePlan } from '../domain/plan-rules/plan-copy.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './heartbeat.js';
import { inspect } from './inspect.js';

type PlanActivities = Pick<FlashCopyActivities, 'flashCopyPlan'>;

export const planActivities = (deps: ActivityDependencies): PlanActivities => ({
  flashCopyPlan: ({ request, token }) =>
    whileBeating(deps.clock, async () => {
      const { arrayHosts, declaredHosts } = deps;
      return requirePlan(
        planCopy({ request, token, arrayHosts, declaredHosts, ...(await inspect(deps, request, token)) }),
      );
    }),
});
