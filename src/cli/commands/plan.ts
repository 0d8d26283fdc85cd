// `flashcopy plan`: reads arrays and hosts, applies the rules, prints every action. Touches nothing and needs no Temporal server.
import type { Command } from 'commander';
import { inspect } from '../../activities/inspect.js';
import { redactResult, withoutSecrets } from '../../activities/redaction.js';
import { parseRequest } from '../../config/request.js';
import { TOKEN_LENGTH } from '../../domain/names.js';
import type { Plan } from '../../domain/plan.js';
import { planCopy, requirePlan } from '../../domain/plan-rules/plan-copy.js';
import { compose } from '../../worker/composition.js';
import { perform, withJson } from '../command.js';
import { EXIT } from '../exit-code.js';
import { readOrder } from '../inventory.js';
import type { Output } from '../output.js';

interface PlanFlags {
  readonly inventory?: string;
  readonly json?: boolean;
  readonly models?: boolean;
}

export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('print every action, in order, and what would be lost; touches nothing')
    .argument('<request>', 'YAML or JSON file')
    .option('--inventory <file>', 'arrays and hosts')
    .option('--models', 'on model hosts and a simulated array in this process');
  withJson(command).action((file: string, flags: PlanFlags) =>
    perform(flags.json, (output) => plan(file, flags, output)),
  );
}

async function plan(file: string, flags: PlanFlags, output: Output): Promise<number> {
  const order = await readOrder(file, flags, output);
  const request = parseRequest(order.request);
  const composition = await compose(order.inventory);
  const secrets = () => composition.dependencies.secrets?.() ?? [];
  try {
    const { dependencies } = composition;
    const token = dependencies.randomness.token(TOKEN_LENGTH);
    const { arrayHosts, declaredHosts } = dependencies;
    const found = await inspect(dependencies, request, token);
    const planned = requirePlan(planCopy({ request, token, arrayHosts, declaredHosts, ...found }));
    const shown = redactResult(planned, secrets()) as Plan;
    output.answer(shown, planText(shown));
    return EXIT.done;
  } catch (error) {
    throw withoutSecrets(error, secrets());
  } finally {
    await composition.close();
  }
}

export function planText(plan: Plan): string[] {
  const width = String(plan.lines.length).length;
  return [
    ...plan.lines.map((line, index) => `${String(index + 1).padStart(width)}. ${line}`),
    ...(plan.losses.length === 0
      ? ['nothing is lost']
      : ['lost:', ...plan.losses.map((loss) => `  ${loss}`)]),
    `plan hash ${plan.hash}`,
  ];
}
