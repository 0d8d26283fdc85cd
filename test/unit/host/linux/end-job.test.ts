// A job that nobody wants any more is killed with the tool it runs; a number that belongs to somebody
// else by now is left alone. Run for real, with processes of this test only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { functions } from './agent-functions.js';

const KEY = '0123456789abcdef';
const folder = mkdtempSync(path.join(tmpdir(), 'end-job-'));
afterAll(() => rmSync(folder, { recursive: true }));

const alive = (pid: number): boolean => {
  const stat = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  return stat !== '' && !stat.startsWith('Z');
};

/** Something that runs for long in a group of its own, called `words` in the list of processes. */
async function running(state: string, words: readonly string[]) {
  const told = path.join(state, 'child');
  const script = path.join(state, 'agent');
  writeFileSync(script, `sleep 300 &\necho $! >'${told}'\nwait\n`);
  const group = spawn('/bin/sh', [script, state, '/keep', ...words], { detached: true });
  while (!existsSync(told) || readFileSync(told, 'utf8') === '') await wait(20);
  return { pid: group.pid!, child: Number(readFileSync(told, 'utf8')) };
}

function endJob(state: string) {
  const script = `${functions}\nstate=$1 proc=/proc\ncmd_end_job ${KEY}`;
  return spawnSync('/bin/sh', ['-c', script, 'sh', state], { encoding: 'utf8' });
}

describe('end-job', () => {
  it.each([
    ['the job of that key', (dir: string) => ['run-job', dir, 'check'], false],
    ['what has its number now', () => ['something', 'else'], true],
  ] as const)('sees to %s', async (_, words, lives) => {
    const state = mkdtempSync(path.join(folder, 'state-'));
    const dir = path.join(state, 'jobs', KEY);
    mkdirSync(dir, { recursive: true });
    const { pid, child } = await running(state, words(dir));
    writeFileSync(path.join(dir, 'pid'), `${pid}\n`);
    const { status, stderr } = endJob(state);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect([alive(pid), alive(child)]).toEqual([lives, lives]);
    if (lives) process.kill(-pid);
  });

  it.each(['nothing', 'a result'])('is content with %s', (there) => {
    const state = mkdtempSync(path.join(folder, 'state-'));
    const dir = path.join(state, 'jobs', KEY);
    if (there === 'a result') mkdirSync(dir, { recursive: true });
    if (there === 'a result') writeFileSync(path.join(dir, 'rc'), '0\n');
    expect(endJob(state).status).toBe(0);
  });
});
