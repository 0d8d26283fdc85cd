// What is held on a host, as the agent lists it: run for real by a shell over directories like those a holder leaves.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRows } from '../../../../src/host/linux/answer.js';
import { readHolds } from '../../../../src/host/linux/holds.js';
import { functions } from './agent-functions.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holds-'));
  mkdirSync(path.join(folder, 'proc'));
  // 100 s since this made-up host was booted.
  writeFileSync(path.join(folder, 'proc', 'uptime'), '100.00 1.00\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function hold(place: 'state' | 'keep', run: string, files: Record<string, string>): void {
  const dir = path.join(folder, place, 'runs', run);
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
}

const TABLE =
  '/data\t9:1\t/dev/vg/data\txfs\trw,noatime\trw\tdata.mount\n/logs\t9:2\t/dev/vg/logs\txfs\trw\trw\t-\n';
const files = (over: Record<string, string> = {}) => ({
  ...{ method: 'unmount\n', deadline: '160000\n', table: TABLE, units: 'app.service\n' },
  ...over,
});

function list() {
  const start = `state='${folder}/state' keep='${folder}/keep'\n`;
  const env = { PATH: process.env['PATH'] ?? '', FLASHCOPY_PROC: path.join(folder, 'proc') };
  const done = spawnSync('sh', ['-s'], {
    input: `${functions}\n${start}cmd_holds`,
    env,
    encoding: 'utf8',
  });
  expect(done.stderr).toBe('');
  expect(done.status).toBe(0);
  return readHolds('app1', parseRows(done.stdout));
}

describe('holds of a host', () => {
  it('are none on a host where nothing ever was held', () => {
    expect(list()).toEqual([]);
  });

  it('are listed with what a give back needs, and negative once they are overdue', () => {
    hold('state', 'a-k3f9q2', files());
    hold('state', 'b-k3f9q2', files({ method: 'quiesce\n', deadline: '40000\n', units: '' }));
    const [first, second] = list();
    expect(first).toMatchObject({
      run: 'a-k3f9q2',
      method: 'unmount',
      leaseMs: 60_000,
      kept: false,
    });
    expect(first?.units).toEqual(['app.service']);
    expect(first?.mounts).toMatchObject([
      {
        mountPoint: '/data',
        device: '/dev/vg/data',
        fsType: 'xfs',
        options: 'rw,noatime',
        unit: 'data.mount',
      },
      { mountPoint: '/logs', unit: '' },
    ]);
    expect(second).toMatchObject({
      run: 'b-k3f9q2',
      method: 'quiesce',
      leaseMs: -60_000,
      units: [],
    });
  });

  it('that have ended, or are only half made, are not among them', () => {
    hold('state', 'ended-k3f9q2', files({ ended: '' }));
    hold('state', 'half-k3f9q2', { deadline: '1\n' });
    // What a give back of nothing leaves: a late take-down is refused by it.
    hold('state', 'never-k3f9q2', { ended: '' });
    expect(list()).toEqual([]);
  });

  it('left from before a reboot say so: the uptime of another boot is no deadline', () => {
    hold('keep', 'old-k3f9q2', files());
    hold('keep', 'both-k3f9q2', files());
    hold('state', 'both-k3f9q2', files());
    expect(list().map(({ run, kept, leaseMs }) => [run, kept, leaseMs])).toEqual([
      ['both-k3f9q2', false, 60_000],
      ['old-k3f9q2', true, 0],
    ]);
  });

  it('in an answer that is not one are refused, never guessed at', () => {
    for (const text of [
      'mount\t/data\t/dev/x\txfs\trw\t-',
      'hold\trun\tsleeping\t1\there',
      'hold\trun\tquiesce\tsoon\there',
    ])
      expect(() => readHolds('app1', parseRows(text))).toThrow(
        expect.objectContaining({ code: 'UNREADABLE_OUTPUT' }),
      );
  });
});
