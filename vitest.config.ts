// One project per tier of tests. `make test` runs all but lab-long (`make test-lab`), lab last because its guests load both cores.
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Their files share a process: to load the library anew for each took as long as the tests. They keep nothing outside their own `describe`. */
const SHARED = new Set(['unit', 'simulation', 'workflow']);
/** These start the built command line, as users do. */
const RUN_BUILT = new Set(['package', 'secrets']);

const tier = (name: string, timeoutMs: number, serial = false) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    pool: 'forks' as const,
    isolate: !SHARED.has(name),
    globalSetup: RUN_BUILT.has(name) ? ['test/package/built.ts'] : [],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    fileParallelism: !serial,
    // Simulated worlds are many and die young: with room for them the collector does less.
    execArgv: name === 'simulation' ? ['--max-semi-space-size=64'] : [],
    // A lab of the tests' own: the one that a person has up stays as it is. Vitest makes its workers' output a terminal where CI is set.
    env: { LAB_DIR: process.env['LAB_DIR'] ?? path.resolve('lab/run-test'), NO_COLOR: '1' },
  },
});

const isIn = (folder: string) => (file: TestSpecification) =>
  file.moduleId.includes(`/test/${folder}/`);

/** Lab tests go by name: the demo comes first, and the lab it leaves up is that of all tests after it. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    if (files.every(({ project }) => project.name.startsWith('lab')))
      return files.toSorted((one, other) => one.moduleId.localeCompare(other.moduleId));
    const sorted = await super.sort(files);
    // Two thousand shells, each a fork of the process that runs the tests: cheap while that is small.
    const forks = isIn('unit/host/linux');
    return [...sorted.filter(forks), ...sorted.filter((file) => !forks(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: InOrder },
    projects: [
      tier('unit', 20_000),
      tier('contract', 60_000),
      tier('workflow', 120_000, true),
      tier('simulation', 300_000),
      tier('secrets', 300_000, true),
      tier('restart', 240_000, true),
      tier('package', 240_000, true),
      tier('lab', 600_000, true),
      tier('lab-long', 900_000, true),
    ],
  },
});
