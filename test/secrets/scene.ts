// A worker with real wires and planted secrets: a simulated array over SSH, doors that repeat what they hear, model hosts on the array's volumes.
import { FlashCopyError } from '../../src/domain/errors.js';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import { createSvcArray } from '../../src/array/svc/svc-array.js';
import { startSimulator } from '../../src/simulator/index.js';
import { createModelWorld, withMethods } from '../../src/testing/index.js';
import { createInProcessTransport } from '../../src/transport/in-process/in-process-transport.js';
import { systemClock, systemRandomness } from '../../src/clock/system-clock.js';
import type { Wrap } from '../../src/worker/index.js';
import { HABITS, marker, startEchoDoor, startEchoRest } from './machines.js';

const ports = { clock: systemClock, randomness: systemRandomness };

function encryptedKey(passphrase: string): string {
  for (;;) {
    const options = { passphrase, cipher: 'aes256-ctr', rounds: 1 };
    const { private: key } = ssh2.utils.generateKeyPairSync('ed25519', options);
    if (!(ssh2.utils.parseKey(key, passphrase) instanceof Error)) return key;
  }
}

/** Every secret by the place it is planted in. */
function plant() {
  const passphrase = marker('passphrase');
  return {
    ...{
      arrayPassword: marker('array'),
      wrongPassword: marker('wrong'),
      restPassword: marker('rest'),
    },
    ...{ restToken: marker('token'), hostPassword: `${marker('host')}"ä\\`, passphrase },
    ...{ privateKey: encryptedKey(passphrase), webhook: marker('webhook') },
  };
}
type Planted = ReturnType<typeof plant>;

const VARIABLES: Readonly<Record<string, keyof Planted>> = {
  ARRAY_PASSWORD: 'arrayPassword',
  WRONG_PASSWORD: 'wrongPassword',
  REST_PASSWORD: 'restPassword',
  KEY_PASSPHRASE: 'passphrase',
  WEBHOOK_TOKEN: 'webhook',
};

export async function startScene() {
  const planted = plant();
  const folder = await mkdtemp(path.join(tmpdir(), 'planted-'));
  for (const [name, secret] of Object.entries(VARIABLES)) process.env[name] = planted[secret];
  await writeFile(path.join(folder, 'password'), planted.hostPassword, { mode: 0o600 });
  await writeFile(path.join(folder, 'id'), planted.privateKey, { mode: 0o600 });
  const simulator = await startSimulator({
    config: {
      system: { name: 'svc-real' },
      users: [{ name: 'superuser', password: planted.arrayPassword }],
      pools: [{ name: 'Pool0', capacity: '1GiB' }],
      volumes: ['db1', 'db2'].map((name) => ({ name, pool: 'Pool0', size: '16MiB' })),
      hosts: ['source1', 'backup1'].map((name) => ({ name, iqn: `iqn.2026-01.model:${name}` })),
      clock: { speed: 20 },
    },
    ...{
      clock: systemClock,
      dataDir: path.join(folder, 'array'),
      store: 'memory',
      ssh: { host: '127.0.0.1', port: 0 },
    },
  });
  const run = (line: string) => simulator.execute(line);
  const storage = createSvcArray({
    name: 'svc-real',
    transport: createInProcessTransport({ address: 'furnishing', clock: systemClock, run }),
    ...ports,
  });
  const objects = { 'svc-real': 'source1' };
  const models = createModelWorld({
    ...ports,
    arrays: { 'svc-real': { storage, io: simulator.volumeIo } },
    hosts: {
      source1: objects,
      backup1: { 'svc-real': 'backup1' },
      backup2: { 'svc-real': 'backup1' },
    },
  });
  await storage.mapVDisk({ vdisk: 'db1', host: 'source1' });
  const [vdisk] = await storage.readVDisks(['db1']);
  await models.hosts('source1').createVolumeGroup('vg', [vdisk?.uid ?? ''], ['data']);
  await models.hosts('source1').createFileSystem('/dev/vg/data', '/data');

  /** What a door with a key is told: the key and its passphrase, as though they had leaked to it. */
  const echo = await startEchoDoor(() => `${planted.passphrase} ${planted.privateKey}`);
  const rest = await startEchoRest({ token: planted.restToken, password: planted.restPassword });
  const at = { address: echo.address, hostKey: echo.hostKey };
  const array = {
    kind: 'svc',
    address: `127.0.0.1:${simulator.sshPort}`,
    user: 'superuser',
    hostKey: simulator.hostKeyFingerprint,
  };
  const inventory = {
    arrays: {
      'svc-real': { ...array, passwordEnv: 'ARRAY_PASSWORD' },
      'svc-wrong': { ...array, passwordEnv: 'WRONG_PASSWORD' },
      'svc-echo': { kind: 'svc', ...at, user: 'cut', passwordFile: 'password' },
      'svc-rest': {
        kind: 'svc',
        wire: 'rest',
        address: `127.0.0.1:${rest.port}`,
        user: 'superuser',
        fingerprint: rest.fingerprint,
        passwordEnv: 'REST_PASSWORD',
      },
    },
    hosts: Object.fromEntries([
      ...['source1', 'backup1', 'backup2'].map((name) => [
        name,
        {
          kind: 'linux',
          ...at,
          user: 'none',
          passwordFile: 'password',
          arrayHosts: models.arrayHosts(name),
        },
      ]),
      ...Object.keys(HABITS).flatMap((habit) => [
        [
          `password-${habit}`,
          { kind: 'linux', ...at, user: habit, passwordFile: 'password', arrayHosts: objects },
        ],
        [
          `key-${habit}`,
          {
            kind: 'linux',
            ...at,
            user: habit,
            identityFile: 'id',
            passphraseEnv: 'KEY_PASSPHRASE',
            arrayHosts: objects,
          },
        ],
      ]),
    ]) as Record<string, unknown>,
  };
  await writeFile(path.join(folder, 'inventory.yaml'), JSON.stringify(inventory));

  const models1 = new Map(
    ['source1', 'backup1', 'backup2'].map((name) => [name, models.hosts(name)]),
  );
  /** backup2 mounts nothing, and says why with a secret in it. */
  const wrap: Wrap = {
    host: (name, host) => {
      const model = models1.get(name);
      if (model === undefined || name !== 'backup2') return model ?? host;
      const mount = () =>
        Promise.reject(
          new FlashCopyError({
            ...{ family: 'host', code: 'TOOL_FAILED', retry: 'never' },
            message: `mount: user root, said ${planted.hostPassword}`,
          }),
        );
      return withMethods(model, { target: withMethods(model.target, { mount }) });
    },
  };
  return {
    ...{ planted, folder, wrap, heard: echo.heard, simulator },
    inventoryFile: path.join(folder, 'inventory.yaml'),
    close: async () => {
      for (const name of Object.keys(VARIABLES)) delete process.env[name];
      await Promise.all([echo.close(), rest.close(), simulator.close()]);
      await rm(folder, { recursive: true });
    },
  };
}
export type Scene = Awaited<ReturnType<typeof startScene>>;

const request = (name: string, change: object = {}) => ({
  name,
  array: 'svc-real',
  within: '1s',
  volumes: [{ source: `${name}-s`, target: `${name}-t`, create: { pool: 'Pool0' } }],
  sources: [{ host: 'source1', method: 'quiesce' as const }],
  targets: [{ host: 'backup1', mounts: [{ from: '/data', at: `/backup/${name}` }] }],
  ...change,
});

/** One good copy and one failing one for each way to fail; the first uses every login once, so that its secrets are known. */
export const requests = () => [
  request('good', { volumes: [{ source: 'db1', target: 'good-t', create: { pool: 'Pool0' } }] }),
  request('auth', { array: 'svc-wrong' }),
  request('echo', { array: 'svc-echo' }),
  request('rest', { array: 'svc-rest' }),
  request('late', {
    volumes: [{ source: 'db1', target: 'late-t', create: { pool: 'Pool0' } }],
    // Both target hosts are one host object: the name of the good copy's group is taken there.
    targets: [
      {
        host: 'backup2',
        mounts: [{ from: '/data', at: '/backup/late' }],
        volumeGroups: { vg: 'vg_late' },
      },
    ],
  }),
  ...Object.keys(HABITS).flatMap((habit) =>
    ['password', 'key'].map((login) =>
      request(`${login}-${habit}`, { sources: [{ host: `${login}-${habit}`, method: 'quiesce' }] }),
    ),
  ),
];
