// A second lab beside the standing one: ports, sockets, processes and volumes of its own. A lab whose `up` was killed is ended by what it wrote
// down, by the next `up` or by `down`, and the standing lab does not notice. Guests of the second lab are not waited for: they cost minutes.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../lab/processes.js';
import { controlPortOf } from '../../lab/san/tgtd.js';
import { readState, type LabState } from '../../lab/state.js';
import { until } from '../../lab/until.js';
import { array, lab } from '../lab/linux-host-lab.js';

let folder: string;
let second: string;
const run = (script: string) =>
  spawn('npx', ['tsx', `lab/${script}.ts`], {
    env: { ...process.env, LAB_DIR: second },
    stdio: 'ignore',
    detached: true,
  });

/** What the second lab has written down so far. */
const stateOfSecond = (): LabState | undefined => {
  const file = path.join(second, 'state.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LabState) : undefined;
};
const recorded = (state: LabState) => Object.values(state.processes);

/** Waits until the second lab's array answers and its first guest was started, then kills its `up` with all that it waits for. */
async function killMidway(up: ChildProcess): Promise<LabState> {
  const state = await until('half a lab', { within: 240_000 }, () => {
    const seen = stateOfSecond();
    const started =
      seen !== undefined && 'source1' in seen.processes && recorded(seen).every(isAlive);
    const half = started && existsSync(path.join(second, 'array.json'));
    if (!half && up.exitCode !== null) throw new Error(`up ended with ${up.exitCode}`);
    return Promise.resolve(half ? seen : undefined);
  });
  // Its process group: npx, tsx and the script. The lab's own processes are in groups of their own.
  process.kill(-(up.pid ?? 0), 'SIGKILL');
  await once(up, 'exit');
  return stateOfSecond() ?? state;
}

const controlSocket = (state: LabState) =>
  `/var/run/tgtd/socket.${controlPortOf({ portalA: state.ports['portalA'] ?? 0 })}`;

beforeAll(async () => {
  await lab();
  folder = await mkdtemp(path.join(tmpdir(), 'flashcopy-lab-'));
  second = path.join(folder, 'lab');
});
afterAll(async () => {
  await once(run('down'), 'exit');
  await rm(folder, { recursive: true, force: true });
});

describe('a second lab', () => {
  it('stands beside the first, and once killed is ended by the next up and by down', async () => {
    const first = readState();
    const killed = await killMidway(run('up'));

    // Side by side: nothing shared, and what is made in one is not in the other.
    const firstPorts = new Set(Object.values(first.ports));
    expect(Object.values(killed.ports).filter((port) => firstPorts.has(port))).toEqual([]);
    expect(controlSocket(killed)).not.toBe(controlSocket(first));
    expect(await volumesOf(killed)).toContain('db_data1');
    await array('mkvdisk -mdiskgrp pool0 -size 16 -unit mb -name only_first');
    expect(await volumesOf(killed)).not.toContain('only_first');
    await array('rmvdisk only_first');

    // Killed half-way: its processes are still there, and written down.
    expect(recorded(killed).length).toBeGreaterThanOrEqual(4);
    expect(recorded(killed).every(isAlive)).toBe(true);
    expect(existsSync(controlSocket(killed))).toBe(true);

    // The next up ends exactly those, then begins anew.
    const again = await killMidway(await begun(killed));
    expect(recorded(killed).filter(isAlive)).toEqual([]);
    expect(existsSync(controlSocket(killed))).toBe(false);

    await once(run('down'), 'exit');
    expect(recorded(again).filter(isAlive)).toEqual([]);
    expect(existsSync(controlSocket(again))).toBe(false);
    expect(existsSync(second)).toBe(false);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder);
    expect(loopFiles().filter((file) => file.startsWith(folder))).toEqual([]);

    // The first one never noticed.
    expect(readState()).toEqual(first);
    expect(Object.values(first.processes).every(isAlive)).toBe(true);
    expect(await array('lsvdisk -nohdr -delim :')).toContain('db_data1');
  });
});

/** Another `up` on the same directory, as soon as the killed one's processes are gone. */
async function begun(killed: LabState): Promise<ChildProcess> {
  const up = run('up');
  await until('the end of the killed lab', { within: 120_000 }, () =>
    Promise.resolve(!recorded(killed).some(isAlive) || undefined),
  );
  return up;
}

/** Its ssh_config is not written yet: the address is in what its array said of itself. */
async function volumesOf(state: LabState): Promise<string> {
  const { port } = JSON.parse(readFileSync(path.join(second, 'array.json'), 'utf8')) as {
    port: number;
  };
  expect(port).toBe(state.ports['array']);
  const unpinned = [
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
  ];
  const key = ['-i', path.join(second, 'id_ed25519'), '-o', 'IdentitiesOnly=yes'];
  const line = 'lsvdisk -nohdr -delim :';
  return (await execa('ssh', [...unpinned, ...key, '-p', `${port}`, 'flashcopy@127.0.0.1', line]))
    .stdout;
}

const loopFiles = (): string[] =>
  readdirSync('/sys/block').flatMap((name) => {
    const file = `/sys/block/${name}/loop/backing_file`;
    return existsSync(file) ? [readFileSync(file, 'utf8').trim()] : [];
  });
