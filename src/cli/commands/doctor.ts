// `flashcopy doctor`: is everything an inventory names reachable, known by its host key, privileged, and equipped? Reads only.
import type { Command } from 'commander';
import { redactResult, withoutSecrets } from '../../activities/redaction.js';
import { errorData, type ErrorData } from '../../domain/errors.js';
import { compose, type Composition } from '../../worker/composition.js';
import { perform, withJson } from '../command.js';
import { EXIT } from '../exit-code.js';
import { loadInventory } from '../inventory.js';
import type { Output } from '../output.js';

interface DoctorFlags {
  readonly inventory: string;
  readonly json?: boolean;
}

interface Finding {
  readonly kind: 'array' | 'host';
  readonly name: string;
  readonly ok: boolean;
  /** One line. */
  readonly says: string;
  readonly error?: ErrorData;
}

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'check that arrays and hosts of an inventory can be reached and have what a copy needs',
    )
    .requiredOption('--inventory <file>', 'arrays and hosts');
  withJson(command).action((flags: DoctorFlags) =>
    perform(flags.json, (output) => examine(flags, output)),
  );
}

async function examine(flags: DoctorFlags, output: Output): Promise<number> {
  const inventory = loadInventory(flags.inventory, output);
  const composition = await compose(inventory);
  try {
    const found = await Promise.all([
      ...Object.keys(inventory.arrays).map((name) =>
        look(composition, { kind: 'array', name }, arraySays),
      ),
      ...composition.dependencies.declaredHosts.map((name) =>
        look(composition, { kind: 'host', name }, hostSays),
      ),
    ]);
    const findings = redactResult(found, composition.dependencies.secrets?.() ?? []) as Finding[];
    output.answer(
      { findings },
      findings.map(
        ({ kind, name, ok, says }) => `${ok ? 'ok     ' : 'TROUBLE'} ${kind} ${name}: ${says}`,
      ),
    );
    return exitCodeOfFindings(findings);
  } finally {
    await composition.close();
  }
}

/** Nothing examined is nothing known to be well. */
export function exitCodeOfFindings(findings: readonly Pick<Finding, 'ok'>[]): number {
  if (findings.length === 0) return EXIT.unknown;
  return findings.every((finding) => finding.ok) ? EXIT.done : EXIT.failed;
}

type Said = Pick<Finding, 'ok' | 'says'>;

async function look(
  composition: Composition,
  of: Pick<Finding, 'kind' | 'name'>,
  ask: (composition: Composition, name: string) => Promise<Said>,
): Promise<Finding> {
  try {
    return { ...of, ...(await ask(composition, of.name)) };
  } catch (caught) {
    const error = errorData(withoutSecrets(caught, composition.dependencies.secrets?.() ?? []));
    return { ...of, ok: false, says: `${error.code}: ${error.message}`, error };
  }
}

async function arraySays({ dependencies }: Composition, name: string): Promise<Said> {
  const system = await dependencies.arrays(name).readSystem();
  const protection = system.vdiskProtection
    ? ', volume protection on: unmapping right after I/O is refused'
    : '';
  return { ok: true, says: `${system.name}, code level ${system.codeLevel}${protection}` };
}

async function hostSays({ dependencies }: Composition, name: string): Promise<Said> {
  const host = dependencies.hosts(name);
  const asked = { uids: [], mountPoints: [], units: [] };
  const [source, target] = await Promise.all([
    host.inspect({ ...asked, role: 'source', method: 'unmount' }),
    host.inspect({ ...asked, role: 'target' }),
  ]);
  const missing = [...new Set([...source.missingTools, ...target.missingTools])];
  if (!source.privileged)
    return { ok: false, says: 'reachable, but without the privilege to mount and freeze' };
  if (missing.length > 0)
    return { ok: false, says: `reachable, but it lacks ${missing.join(', ')}` };
  const objects = Object.entries(dependencies.arrayHosts(name)).map(
    ([array, object]) => `${object} on ${array}`,
  );
  return {
    ok: true,
    says: `reachable and equipped${objects.length === 0 ? '' : `; known as ${objects.join(', ')}`}`,
  };
}
