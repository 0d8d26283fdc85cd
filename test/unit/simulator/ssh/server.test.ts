import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startSimulator, type Simulator, type SshLimits } from '../../../../src/simulator/index.js';
import { TestClock } from '../array.js';
import { newKeyPair } from '../../../fixtures/ssh-key.js';

const key = newKeyPair();
const other = newKeyPair();
const clients: ssh2.Client[] = [];
let dataDir = '';
let simulator: Simulator;

const open = (limits: Partial<SshLimits> = {}): Promise<Simulator> =>
  startSimulator({
    clock: new TestClock(),
    dataDir,
    ssh: { host: '127.0.0.1', port: 0, limits },
    config: {
      system: { name: 'svc1' },
      users: [
        { name: 'superuser', password: 'secret' },
        { name: 'copier', publicKey: key.public },
      ],
      pools: [{ name: 'P', capacity: '1GiB' }],
    },
  });

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fc-ssh-'));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end();
  await simulator.close();
  await rm(dataDir, { recursive: true });
});

function connect(login: ssh2.ConnectConfig): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  clients.push(client);
  return new Promise((resolve, reject) => {
    client
      .on('ready', () => resolve(client))
      .on('error', reject)
      .on('close', () => reject(new Error('closed')));
    client.connect({ host: '127.0.0.1', port: simulator.sshPort, ...login });
  });
}

function run(
  client: ssh2.Client,
  line: string,
): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    client.exec(line, (error, channel) => {
      if (error) return reject(error);
      let [stdout, stderr, code] = ['', '', undefined as number | undefined];
      channel.on('data', (data: Buffer) => (stdout += data.toString()));
      channel.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
      channel.on('exit', (status: number) => (code = status));
      channel.on('close', () => resolve({ code, stdout, stderr }));
    });
  });
}

it('lets in by password or key, and nobody else', async () => {
  simulator = await open({ connectionsPerSecond: 100 });
  await expect(connect({ username: 'superuser', password: 'wrong' })).rejects.toThrow();
  await expect(connect({ username: 'copier', privateKey: other.private })).rejects.toThrow();
  await expect(connect({ username: 'copier', password: '' })).rejects.toThrow();
  const client = await connect({ username: 'copier', privateKey: key.private });
  expect((await run(client, 'lscurrentuser -delim :')).stdout).toBe(
    'name:copier\nrole:Administrator\n',
  );
  await connect({ username: 'superuser', password: 'secret' });
});

it('runs many channels on one connection, in sequence and at the same time, each with its own status', async () => {
  simulator = await open();
  const client = await connect({ username: 'superuser', password: 'secret' });
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => run(client, n % 2 === 0 ? `echo ${n}` : 'lsvdisk nope')),
  );
  expect(answers.map(({ code }) => code)).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  expect(answers[4]?.stdout).toBe('4\n');
  expect(answers[5]?.stderr).toMatch(/^CMMVC5754E /);
  expect(await run(client, 'mkfcconsistgrp -name g1')).toMatchObject({ code: 0, stderr: '' });
});

it('drops the connection where a fault says so', async () => {
  simulator = await open();
  const client = await connect({ username: 'superuser', password: 'secret' });
  simulator.faults.add({ on: 'mkfcconsistgrp', when: 'after', do: 'drop-connection' });
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  expect(
    (await run(client, 'mkfcconsistgrp -name g1').catch(() => ({ code: undefined }))).code,
  ).toBeUndefined();
  await closed;
  expect((await simulator.execute('lsfcconsistgrp -nohdr g1')).exitCode).toBe(0);
});

it('refuses connections beyond the sessions and the new connections per second it bears', async () => {
  simulator = await open({ sessions: 2, connectionsPerSecond: 100 });
  const login = { username: 'superuser', password: 'secret' };
  const first = await connect(login);
  await connect(login);
  await expect(connect(login)).rejects.toThrow();
  first.end();
  await new Promise<void>((resolve) => first.once('close', () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await connect(login);
  await simulator.close();
  simulator = await open({ connectionsPerSecond: 1 });
  await connect(login);
  await expect(connect(login)).rejects.toThrow();
});

it('keeps its host key over restarts', async () => {
  simulator = await open();
  const { hostKeyFingerprint } = simulator;
  await simulator.close();
  simulator = await open();
  expect(simulator.hostKeyFingerprint).toBe(hostKeyFingerprint);
  expect(hostKeyFingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
});

it('refuses logins as often as a fault says, then lets in', async () => {
  simulator = await open({ connectionsPerSecond: 100 });
  simulator.faults.add({ on: 'login', do: 'fail', times: 2 });
  const login = { username: 'superuser', password: 'secret' };
  await expect(connect(login)).rejects.toThrow();
  await expect(connect(login)).rejects.toThrow();
  await connect(login);
});

it('a failover drops every session of both addresses, is silent for a while, and goes on with the same state', async () => {
  const clock = new TestClock();
  simulator = await startSimulator({
    ...{
      clock,
      dataDir,
      ssh: { host: '127.0.0.1', port: 0 },
      secondSsh: { host: '127.0.0.1', port: 0 },
    },
    config: {
      system: { name: 'svc1' },
      users: [{ name: 'superuser', password: 'secret' }],
      pools: [{ name: 'P', capacity: '1GiB' }],
      limits: { sshConnectionsPerSecond: 100 },
    },
  });
  const login = { username: 'superuser', password: 'secret' };
  const second = { ...login, port: simulator.secondSshPort ?? 0 };
  const [one, two] = [await connect(login), await connect(second)];
  const gone = Promise.all(
    [one, two].map((client) => new Promise<void>((resolve) => client.once('close', resolve))),
  );
  await run(two, 'mkfcconsistgrp -name g1');
  void run(one, 'simfailover -downms 4000').catch(() => undefined);
  await gone;
  await expect(connect(login)).rejects.toThrow();
  await expect(connect(second)).rejects.toThrow();
  clock.advance(4001);
  expect((await run(await connect(second), 'lsfcconsistgrp -nohdr -delim :')).stdout).toMatch(
    /^1:g1:empty:/,
  );
  expect(simulator.statistics.sshConnections).toBe(3);
});

it('offers old algorithms only, where it is told to be old: a client of today is refused', async () => {
  simulator = await startSimulator({
    clock: new TestClock(),
    dataDir,
    ssh: { host: '127.0.0.1', port: 0 },
    config: {
      system: { name: 'svc1' },
      users: [
        { name: 'superuser', password: 'secret' },
        { name: 'copier', publicKey: key.public },
      ],
      pools: [{ name: 'P', capacity: '1GiB' }],
      ssh: { algorithms: 'old' },
    },
  });
  const login = { username: 'superuser', password: 'secret' };
  const today = { kex: ['curve25519-sha256' as const], serverHostKey: ['ssh-ed25519' as const] };
  await expect(connect({ ...login, algorithms: today })).rejects.toThrow(/no matching/);
  const old = {
    kex: ['diffie-hellman-group14-sha1' as const],
    serverHostKey: ['ssh-rsa' as const],
  };
  const client = await connect({ ...login, algorithms: old });
  expect((await run(client, 'mkfcconsistgrp -name g1')).code).toBe(0);
});
