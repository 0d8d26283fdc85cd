// One project per tier of tests; `make test` runs them all, lab last because its guests load both cores.
import { defineConfig } from 'vitest/config';

const tier = (name: string, timeoutMs: number, serial = false) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    pool: 'forks' as const,
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    fileParallelism: !serial,
  },
});

export default defineConfig({
  test: {
    projects: [
      tier('unit', 20_000),
      tier('contract', 60_000),
      tier('workflow', 120_000, true),
      tier('package', 240_000, true),
      tier('lab', 600_000, true),
    ],
  },
});
