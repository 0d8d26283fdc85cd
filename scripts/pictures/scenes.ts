// What is played, and when it is photographed: one request on two source hosts and a backup host, and what goes wrong in each scene.
import type { ActivityDependencies } from '../../src/activities/index.js';
import { FlashCopyError } from '../../src/domain/errors.js';
import type { Host } from '../../src/host/host.js';
import { withMethods } from '../../src/testing/index.js';
import { systemClock } from '../../src/worker/index.js';
import type { Camera } from './camera.js';
import type { Props, RunningCommand } from './stage.js';

interface Set {
  readonly command: RunningCommand;
  readonly camera: Camera;
  run(args: readonly string[]): Promise<RunningCommand>;
}
type Shot = (set: Set) => Promise<void>;

export interface Scene extends Props {
  readonly name: string;
  readonly broken?: (dependencies: ActivityDependencies) => ActivityDependencies;
  readonly shots: readonly Shot[];
}

const request = (name: string) => ({
  name,
  array: 'svc1',
  volumes: [
    { source: 'db_data1', target: 'db_copy1', create: { pool: 'Pool0' } },
    { source: 'db_data2', target: 'db_copy2', create: { pool: 'Pool0' } },
    { source: 'app_data', target: 'app_copy', create: { pool: 'Pool0' } },
  ],
  sources: [
    { host: 'db1', method: 'quiesce' },
    { host: 'app1', method: 'quiesce' },
  ],
  targets: [
    {
      host: 'backup1',
      mounts: [
        { from: '/data', at: '/backup/data' },
        { from: '/srv/app', at: '/backup/app' },
      ],
    },
  ],
  copy: { rate: 10, waitFor: 'copied' },
});

const inventory = {
  arrays: {
    svc1: {
      kind: 'model',
      volumes: [
        { name: 'db_data1', size: '96MiB' },
        { name: 'db_data2', size: '128MiB' },
        { name: 'app_data', size: '48MiB' },
      ],
    },
  },
  hosts: {
    db1: {
      kind: 'model',
      arrayHosts: { svc1: 'db1' },
      disks: [
        {
          array: 'svc1',
          volumes: ['db_data1', 'db_data2'],
          volumeGroup: 'vg_data',
          mounts: { data: '/data' },
        },
      ],
    },
    app1: {
      kind: 'model',
      arrayHosts: { svc1: 'app1' },
      disks: [
        {
          array: 'svc1',
          volumes: ['app_data'],
          volumeGroup: 'vg_app',
          mounts: { app: '/srv/app' },
        },
      ],
    },
    backup1: { kind: 'model', arrayHosts: { svc1: 'backup1' } },
  },
};

const terminal =
  (name: string, wanted: RegExp, laterMs = 0): Shot =>
  async ({ command, camera }) => {
    await command.said(wanted);
    await systemClock.sleep(laterMs);
    await camera.terminal(name, command.text());
  };
const terminalAtEnd =
  (name: string): Shot =>
  async ({ command, camera }) => {
    await command.ended;
    await camera.terminal(name, command.text());
  };
/** A tab of the run's page, once `awaited` is on it. */
const ui =
  (
    name: string,
    view: { readonly tab?: string; readonly height?: number; readonly awaited: RegExp },
  ): Shot =>
  async ({ command, camera }) => {
    const link = /http:\/\/\S+/.exec(command.text())?.[0] ?? '';
    const { tab = 'user-metadata', height = 1_000, awaited } = view;
    await camera.page(name, link.replace(/[^/]+$/, tab), { height, awaited });
  };

const withSourceOf =
  (name: string, source: Partial<Host['source']>) =>
  (dependencies: ActivityDependencies): ActivityDependencies => ({
    ...dependencies,
    hosts: (asked) => {
      const host = dependencies.hosts(asked);
      if (asked !== name) return host;
      return withMethods(host, { source: withMethods(host.source, source) });
    },
  });

/** As the Linux adapter says it. */
const overdue = new FlashCopyError({
  family: 'host',
  code: 'QUIESCE_OVERDUE',
  message: 'db1: not still after 30000 ms; a freeze cannot be called off while it flushes',
  outcome: 'unknown',
  retry: 'after-check',
});
const unreachable = new FlashCopyError({
  family: 'transport',
  code: 'UNREACHABLE',
  message: 'db1.example:22: connect ETIMEDOUT',
  retry: 'safe',
});

const freezeRefused = (dependencies: ActivityDependencies): ActivityDependencies => {
  const { source } = dependencies.hosts('db1');
  return withSourceOf('db1', {
    arm: async (order) =>
      withMethods(await source.arm(order), { quiesce: () => Promise.reject(overdue) }),
  })(dependencies);
};
const lostInThePause = (dependencies: ActivityDependencies): ActivityDependencies => {
  const { source } = dependencies.hosts('db1');
  return withSourceOf('db1', {
    arm: async (order) =>
      withMethods(await source.arm(order), { attestAndThaw: () => Promise.reject(unreachable) }),
    giveBack: () => Promise.reject(unreachable),
  })(dependencies);
};

const mapped = {
  ...inventory,
  hosts: {
    ...inventory.hosts,
    web1: {
      kind: 'model',
      arrayHosts: { svc1: 'web1' },
      disks: [
        { array: 'svc1', volumes: ['db_old'], volumeGroup: 'vg_old', mounts: { old: '/old' } },
      ],
    },
  },
  arrays: {
    svc1: {
      kind: 'model',
      volumes: [...inventory.arrays.svc1.volumes, { name: 'db_old', size: '128MiB' }],
    },
  },
};
const ontoUsedVolume = {
  ...request('erp-refused'),
  volumes: [
    { source: 'db_data1', target: 'db_copy1', create: { pool: 'Pool0' } },
    { source: 'db_data2', target: 'db_old' },
    { source: 'app_data', target: 'app_copy', create: { pool: 'Pool0' } },
  ],
};

export const scenes: readonly Scene[] = [
  {
    name: 'refused',
    request: ontoUsedVolume,
    inventory: mapped,
    shots: [terminalAtEnd('refused-terminal'), ui('refused-ui', { awaited: /REFUSED/ })],
  },
  {
    name: 'done',
    request: request('erp-nightly'),
    inventory,
    shots: [
      terminal('running-terminal', /░/, 9_000),
      ui('running-ui', { awaited: /COPYING/ }),
      ui('running-timeline', {
        tab: 'timeline',
        height: 1_020,
        awaited: /background copy of group/,
      }),
      terminalAtEnd('done-terminal'),
      ui('done-ui', { awaited: /DONE/ }),
    ],
  },
  {
    name: 'failed',
    request: request('erp-failed'),
    inventory,
    broken: freezeRefused,
    shots: [
      terminalAtEnd('failed-terminal'),
      ui('failed-ui', { awaited: /FAILED,|QUIESCE_OVERDUE/ }),
    ],
  },
  {
    name: 'operator',
    request: request('erp-operator'),
    inventory,
    broken: lostInThePause,
    shots: [
      terminal('operator-terminal', /may lack its I\/O/, 3_000),
      ui('operator-ui', { awaited: /may lack its I\/O/ }),
      async (set) => {
        const status = await set.run(['status', 'erp-operator']);
        await status.ended;
        await set.camera.terminal('operator-status', status.text());
      },
    ],
  },
];
