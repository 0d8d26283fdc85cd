import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  startSimulator,
  type Simulator,
  type SimulatorConfigInput,
} from '../../../../src/simulator/index.js';
import { TestClock } from '../array.js';
import { logIn, run, send } from './client.js';

let dataDir = '';
let simulator: Simulator;
let clock: TestClock;
const wide = { restLoginsPerSecond: 100, restCommandsPerSecond: 1000, restTokens: 100 };

async function open(config: Partial<SimulatorConfigInput> = {}): Promise<Simulator> {
  clock = new TestClock();
  simulator = await startSimulator({
    ...{
      clock,
      dataDir,
      ssh: { host: '127.0.0.1', port: 0 },
      rest: { host: '127.0.0.1', port: 0 },
    },
    config: {
      system: { name: 'svc1' },
      users: [
        { name: 'superuser', password: 'secret' },
        { name: 'copier', password: 'secret', role: 'CopyOperator' },
      ],
      pools: [{ name: 'P', capacity: '1GiB' }],
      volumes: ['a', 'b', 'c'].map((name) => ({ name, pool: 'P', size: '1MiB' })),
      hosts: [{ name: 'h1', iqn: 'iqn.2026-01.test:h1' }],
      limits: wide,
      ...config,
    },
  });
  return simulator;
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fc-rest-'));
});
afterEach(async () => {
  await simulator.close();
  await rm(dataDir, { recursive: true });
});

describe('who may come in', () => {
  it('refuses a wrong password with 401, a missing token with 401, a strange or old one with 403', async () => {
    await open();
    const wrong = { 'X-Auth-Username': 'superuser', 'X-Auth-Password': 'wrong' };
    expect((await send(simulator, { path: '/rest/v1/auth', headers: wrong })).status).toBe(401);
    expect((await send(simulator, { path: '/rest/v1/lssystem' })).status).toBe(401);
    expect((await run(simulator, { token: 'stolen', path: 'lssystem' })).status).toBe(403);
    const token = await logIn(simulator);
    expect((await run(simulator, { token, path: 'lssystem' })).status).toBe(200);
    clock.advance(61 * 60_000);
    expect((await run(simulator, { token, path: 'lssystem' })).status).toBe(403);
  });

  it('shows a certificate that is its own authority, the same after a restart, and no other is accepted for it', async () => {
    await open();
    const first = simulator.rest?.fingerprint;
    expect(first).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect((await send(simulator, { path: '/rest/v1/auth' })).fingerprint).toBe(first);
    const port = simulator.rest?.port;
    const unverified = new Promise((resolve, reject) => {
      request(
        { host: '127.0.0.1', port, path: '/rest/v1/auth', method: 'POST', agent: false },
        resolve,
      )
        .on('error', reject)
        .end();
    });
    await expect(unverified).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await simulator.close();
    await open();
    expect(simulator.rest?.fingerprint).toBe(first);
  });

  it('refuses a fourth login a second, an eleventh command a second and a fifth token in use with 429', async () => {
    await open({ limits: { restLoginMs: 0, restCommandMs: 0 } });
    const tokens = [await logIn(simulator), await logIn(simulator), await logIn(simulator)];
    const fourth = await send(simulator, { path: '/rest/v1/auth' });
    expect([fourth.status, fourth.headers['retry-after']]).toEqual([429, '1']);
    const [token = ''] = tokens;
    const statuses = await Promise.all(
      Array.from({ length: 11 }, () => run(simulator, { token, path: 'lscurrentuser' })),
    );
    expect(statuses.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(10).fill(200),
      429,
    ]);
    clock.advance(1000);
    tokens.push(await logIn(simulator), await logIn(simulator));
    const used = [];
    for (const one of tokens)
      used.push((await run(simulator, { token: one, path: 'lscurrentuser' })).status);
    expect(used).toEqual([200, 200, 200, 200, 429]);
  });

  it('holds one client after the other below the rates by the time its commands take', async () => {
    await open({ limits: {} });
    const token = await logIn(simulator);
    const statuses = [];
    for (let index = 0; index < 25; index++)
      statuses.push((await run(simulator, { token, path: 'lscurrentuser' })).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('lets a Copy Operator start and stop, but create nothing', async () => {
    await open();
    const token = await logIn(simulator, 'copier');
    await simulator.execute('mkfcmap -source a -target b -copyrate 0');
    expect((await run(simulator, { token, path: 'mkfcconsistgrp' })).status).toBe(403);
    expect(
      (await run(simulator, { token, path: 'startfcmap/0', body: { prep: true } })).status,
    ).toBe(200);
    expect((await run(simulator, { token, path: 'lscurrentuser' })).body).toEqual({
      name: 'copier',
      role: 'CopyOperator',
    });
  });
});

describe('requests', () => {
  it.each(['', 'null', '{}', ' '])('takes the body %j as no parameters', async (body) => {
    await open();
    const headers = { 'X-Auth-Token': await logIn(simulator) };
    for (const path of ['/rest/v1/lsvdisk', '/rest/lsvdisk']) {
      const reply = await send(simulator, { path, body, headers });
      expect([reply.status, (JSON.parse(reply.body) as unknown[]).length]).toEqual([200, 3]);
    }
  });

  it.each(['[1]', '"x"', '{"bytes":', '{"filtervalue":{"a":1}}'])(
    'refuses the body %s with 400',
    async (body) => {
      await open();
      const headers = { 'X-Auth-Token': await logIn(simulator) };
      expect((await send(simulator, { path: '/rest/v1/lsvdisk', body, headers })).status).toBe(400);
    },
  );

  it('takes numbers as numbers or text, true as a flag, and leaves out null and false', async () => {
    await open();
    const token = await logIn(simulator);
    const body = {
      source: 'a',
      target: 'b',
      name: null,
      copyrate: 10,
      cleanrate: '20',
      incremental: true,
      autodelete: false,
    };
    expect(await run(simulator, { token, path: 'mkfcmap', body })).toEqual({
      status: 200,
      body: { id: '0', message: 'FlashCopy Mapping, id [0], successfully created' },
    });
    expect((await run(simulator, { token, path: 'lsfcmap/fcmap0' })).body).toMatchObject({
      ...{ copy_rate: '10', clean_rate: '20', incremental: 'on', autodelete: 'off' },
    });
  });

  it('is found by POST only, and only for commands there are', async () => {
    await open();
    const token = await logIn(simulator);
    expect((await send(simulator, { path: '/rest/v1/lssystem', method: 'GET' })).status).toBe(405);
    expect((await run(simulator, { token, path: 'frobnicate' })).status).toBe(404);
    expect((await send(simulator, { path: '/index.html' })).status).toBe(404);
    expect((await run(simulator, { token, path: 'lsvdisk/a%20b' })).status).toBe(500);
  });
});

describe('answers', () => {
  it('are strings; repeating blocks make an array, ports of a host a list of nodes, an empty view an empty list', async () => {
    await open();
    const token = await logIn(simulator);
    const of = async (path: string): Promise<unknown> =>
      (await run(simulator, { token, path })).body;
    expect(await of('lsfcmap')).toEqual([]);
    expect(await of('lsvdisk/a')).toMatchObject([
      { name: 'a', id: '0' },
      { copy_id: '0', sync: 'yes' },
    ]);
    expect(await of('lshost/h1')).toMatchObject({
      name: 'h1',
      nodes: [{ iscsi_name: 'iqn.2026-01.test:h1' }],
    });
    await simulator.execute('mkfcconsistgrp -name g1');
    expect(await of('lsfcconsistgrp/g1')).toMatchObject({ name: 'g1', status: 'empty' });
    await simulator.execute(
      'mkfcmap -source a -target b -consistgrp g1; mkfcmap -source a -target c -consistgrp g1',
    );
    expect(await of('lsfcconsistgrp/g1')).toMatchObject([
      { name: 'g1', status: 'idle_or_copied' },
      { FC_mapping_id: '0', FC_mapping_name: 'fcmap0' },
      { FC_mapping_id: '1', FC_mapping_name: 'fcmap1' },
    ]);
    const values = (await of('lsvdisk')) as Record<string, unknown>[];
    expect(
      values.flatMap((row) => Object.values(row)).every((value) => typeof value === 'string'),
    ).toBe(true);
    expect(await of('stopfcconsistgrp/g1')).toBe('');
  });

  it.each([
    ['8.3.1.0', 500, /^[^:]*: CMMVC5754E [^:]*$/],
    ['8.6.0.0', 500, /^\{"code":"CMMVC5754E","description":"[^"]+"\}$/],
  ])('a missing object is 500 in the form of level %s', async (codeLevel, status, form) => {
    await open({ system: { name: 'svc1', codeLevel } });
    const reply = await send(simulator, {
      path: '/rest/v1/lsvdisk/nope',
      headers: { 'X-Auth-Token': await logIn(simulator) },
    });
    expect(reply.status).toBe(status);
    expect(reply.body).toMatch(form);
  });

  it('a clash is 409 where errors are objects', async () => {
    await open();
    const token = await logIn(simulator);
    await simulator.execute('mkvdiskhostmap -host h1 a');
    expect(
      await run(simulator, { token, path: 'mkvdiskhostmap/a', body: { host: 'h1' } }),
    ).toMatchObject({
      ...{ status: 409, body: { code: 'CMMVC5878E' } },
    });
  });
});

describe('trouble on demand', () => {
  it.each(['before', 'after'] as const)('drops the connection %s the effect', async (when) => {
    await open();
    const token = await logIn(simulator);
    simulator.faults.add({ on: 'mkfcconsistgrp', when, do: 'drop-connection' });
    await expect(
      run(simulator, { token, path: 'mkfcconsistgrp', body: { name: 'g1' } }),
    ).rejects.toThrow();
    expect(simulator.state.groups.length).toBe(when === 'after' ? 1 : 0);
  });

  it('answers any HTTP status as often as asked', async () => {
    await open();
    const token = await logIn(simulator);
    simulator.faults.add({ on: 'rest', do: { http: 502 }, times: 2 });
    const statuses = [];
    for (let index = 0; index < 3; index++)
      statuses.push((await run(simulator, { token, path: 'lssystem' })).status);
    expect(statuses).toEqual([502, 502, 200]);
  });

  it('a failover kills tokens and connections, is silent for a while, and another node answers then', async () => {
    await open();
    const token = await logIn(simulator);
    await simulator.execute('simfailover -downms 5000');
    await expect(run(simulator, { token, path: 'lssystem' })).rejects.toThrow();
    clock.advance(5001);
    expect((await run(simulator, { token, path: 'lssystem' })).status).toBe(403);
    const again = await logIn(simulator);
    const nodes = (await run(simulator, { token: again, path: 'lsnode' })).body as {
      config_node: string;
    }[];
    expect(nodes.map(({ config_node }) => config_node)).toEqual(['no', 'yes']);
  });
});
