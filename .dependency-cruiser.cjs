// Who may import whom. Arrows point down; each rule says why it exists. The same list is in CONTRIBUTING.md.
const only = (from, allowed, why) => ({
  name: `${from}-imports`,
  comment: why,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [`^src/${from}/`, ...allowed.map((a) => `^src/${a}`)] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'A circle has no floor.',
      from: {},
      to: { circular: true },
    },
    only('domain', [], 'Pure nouns and rules stand on nothing.'),
    only('config', ['domain/'], 'The outer world becomes domain values, nothing more.'),
    only('clock', ['domain/'], 'Real time and real chance stand on their ports alone.'),
    only('codec', ['domain/'], 'Payloads in, payloads out: it knows neither client nor worker.'),
    only('transport', ['domain/'], 'Running a line somewhere knows no array and no host.'),
    only(
      'array',
      ['domain/', 'transport/transport.ts'],
      'An array is reached through the transport port.',
    ),
    only(
      'host',
      ['domain/', 'transport/transport.ts'],
      'A host is reached through the transport port.',
    ),
    only(
      'activities',
      ['domain/', 'array/array.ts', 'host/host.ts', 'workflows/messages.ts'],
      'Activities see ports, never adapters.',
    ),
    only(
      'workflows',
      ['domain/', 'activities/contract.ts'],
      'Workflow code runs in the sandbox: values from domain only.',
    ),
    only(
      'client',
      ['clock/', 'config/', 'domain/', 'workflows/messages.ts'],
      'The client must not pull workers or adapters into a caller.',
    ),
    only(
      'simulator',
      ['domain/'],
      'The simulated array must not share code with the client it tests.',
    ),
    only(
      'testing',
      [
        'domain/',
        'array/array.ts',
        'host/host.ts',
        'transport/',
        'simulator/',
        'activities/contract.ts',
      ],
      'Models implement ports.',
    ),
    {
      name: 'workflows-take-types-of-activities',
      severity: 'error',
      comment: 'Only the shape of activities may enter the bundle.',
      from: { path: '^src/workflows/' },
      to: { path: '^src/activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'siblings-never-touch',
      severity: 'error',
      comment: 'Adapters of array and host do not know each other.',
      from: { path: '^src/(array|host)/' },
      to: { path: '^src/(array|host)/', pathNot: '^src/$1/' },
    },
    {
      name: 'ssh2-in-two-places',
      severity: 'error',
      comment: 'One place speaks SSH as client, one as server.',
      from: { path: '^src/', pathNot: '^src/(transport|simulator)/ssh/' },
      to: { path: 'node_modules/ssh2' },
    },
    {
      name: 'zod-at-the-border',
      severity: 'error',
      comment: 'Schemas live where text from outside becomes values.',
      from: { path: '^src/', pathNot: '^src/(config|array/svc|simulator/config)' },
      to: { path: 'node_modules/zod' },
    },
    {
      name: 'nothing-from-tests',
      severity: 'error',
      comment: 'The product does not stand on its tests.',
      from: { path: '^src/' },
      to: { path: '^(test|lab|bench|examples)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
