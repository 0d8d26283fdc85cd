// The agent judges every word itself, whoever sends it: the real program, run by each shell there is, told hostile words in every place.
// Its tools are traps: a tool that is called, a file that appears, or a word that is repeated is a failure.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agentProgram, PARTS } from '../../../../src/host/linux/agent-program.js';
import { checked, type Shape } from '../../../../src/host/linux/words.js';

const UID = '60050768018000000000000000000001';
const UUID = 'e3a1c2d4-0000-4000-8000-000000000001';
const KEY = '0123456789abcdef';
const MOUNT = ['mount', '/data', '/dev/mapper/vg-lv', 'xfs', 'rw,relatime', 'data-a\\x2db.mount'];
const folder = mkdtempSync(path.join(tmpdir(), 'grammar-'));
const state = (): string => path.join(folder, 'state');

/** One good order of each command; every word of it is replaced in turn. */
const orders = (): Record<string, readonly string[]> => ({
  job: [KEY, 'call1', '20', 'nonce', 'run-1', 'before', '/data'],
  'run-job': [`${state()}/jobs/${KEY}`, 'unmount', '/data'],
  'end-job': [KEY],
  arm: ['run-1', 'quiesce', '30000', ...MOUNT, 'unit', 'db.service'],
  'hold-still': ['run-1', 'quiesce', '30000', ...MOUNT],
  'take-down': ['run-1', 'unmount', '30000', ...MOUNT, 'unit', 'postgresql@15-main.service'],
  watch: ['run-1', '77.123450'],
  'hold-devices': ['run-1'],
  'keep-open': [`${state()}/kept/run-1/ready`, '/dev/mapper/mpatha'],
  attest: ['run-1'],
  'give-back': ['run-1'],
  inspect: ['source', 'quiesce', 'disk', UID, 'unit', 'db.service'],
  nonce: ['run-1', 'before', '/data'],
  flush: ['/data', '/'],
  verify: ['run-1', '/data'],
  release: ['run-1', 'unmap', 'mount', '/backup/data', 'group', 'vg_copy', 'disk', UID],
  'prove-released': ['run-1', 'keep', 'disk', UID],
  find: ['run-1', '120', UID],
  'new-group': ['run-1', 'auto', 'vg_copy', UUID, UID],
  'new-file-system': ['run-1', 'xfs', UUID, '/dev/vg_copy/lv'],
  'former-group': ['run-1', 'vg_data', UUID, 'disk', UID, 'pv', UUID],
  'former-file-system': ['run-1', 'xfs', UUID, '/dev/vg_data/lv', 'data'],
  mount: ['xfs', UUID, 'rw,noatime', `uid:${UID}`, '/backup/data'],
  unmount: ['/backup/data'],
  check: ['xfs', '/dev/vg_copy/lv'],
});

const HOSTILE: readonly string[] = [
  '$(touch canary)',
  '`touch canary`',
  "'; touch canary; '",
  '"; touch canary; "',
  '/data;touch canary',
  '/data\ntouch canary',
  `/data\n/etc`,
  '/da\tta',
  '/data/../etc',
  '/dev/../etc/passwd',
  '--help',
  '-rf',
  '/d\u00e4ta',
  '/data\u202e',
  '${IFS}',
  '/data/*',
  '~root',
  '|touch canary',
  '&',
  '\\',
  '1;2',
  'a[$(touch canary)]',
  `/${'x'.repeat(5_000)}`,
  'x'.repeat(5_000),
];
/** Good words elsewhere; in arithmetic they would mean something else. */
const NO_NUMBERS = ['0x10', '010', '1e3', '-1'];

const TOOLS =
  'fsfreeze mount umount systemctl systemd-run setsid vgs pvs lvs vgchange vgimportclone dmsetup multipath multipathd blockdev udevadm xfs_admin xfs_repair e2fsck tune2fs blkid iscsiadm sg_inq flock mkfifo sync findmnt fuser perl python3 mkdir rm cp find stat'.split(
    ' ',
  );
const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'ash']].filter(
  ([name = '']) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0,
);

beforeAll(() => {
  mkdirSync(path.join(folder, 'tools'));
  for (const tool of TOOLS)
    writeFileSync(
      path.join(folder, 'tools', tool),
      '#!/bin/sh\necho "$0" >>"${0%/*}/../called"\nexit 1\n',
      {
        mode: 0o755,
      },
    );
  writeFileSync(path.join(folder, 'agent'), agentProgram().text);
  mkdirSync(path.join(folder, 'cwd'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(path.join(folder, 'called'), { force: true }));

function run(shell: readonly string[], words: readonly string[], program = 'agent') {
  const [name = '', ...flags] = shell;
  return spawnSync(
    name,
    [...flags, path.join(folder, program), state(), path.join(folder, 'keep'), ...words],
    {
      cwd: path.join(folder, 'cwd'),
      env: { PATH: process.env['PATH'] ?? '', FLASHCOPY_TOOLS: path.join(folder, 'tools') },
      encoding: 'utf8',
      input: '',
      timeout: 10_000,
    },
  );
}
const traces = (): string[] => [
  ...(existsSync(path.join(folder, 'called')) ? ['a tool was called'] : []),
  ...readdirSync(folder).filter((name) => !['tools', 'agent', 'lax', 'cwd'].includes(name)),
  ...readdirSync(path.join(folder, 'cwd')),
];

const FIRST_SHELL = SHELLS[0];
/** All of them by one shell; the others, which read patterns of their own way, get each sixth. */
const hostileFor = (shell: readonly string[], place: string): readonly string[] => [
  ...HOSTILE.filter((_, at) => shell[0] === FIRST_SHELL?.[0] || at % 6 === 0),
  ...(/^[0-9]+$/.test(place) ? NO_NUMBERS : []),
];

describe.each(SHELLS)('the agent, run by %s', (...shell) => {
  it.each(Object.keys(orders()))(
    'refuses hostile words in every place of %s, and does nothing',
    { timeout: 60_000 },
    (command) => {
      const good = orders()[command] ?? [];
      for (const [at, word] of good.entries()) {
        for (const bad of hostileFor(shell, word)) {
          const { stdout, stderr, status } = run(shell, [command, ...good.with(at, bad)]);
          expect({ status, stderr, bad }).toEqual({ status: 3, stderr: '', bad });
          // By its place, never by itself: nothing of it may reach a terminal or a log.
          expect(stdout).toMatch(/^error\tBAD_ORDER\t[a-z?-]+: [a-z0-9_ ]+\t\n$/);
        }
      }
      expect(traces()).toEqual([]);
    },
  );

  it('refuses words that are missing or too many, commands it does not know, and folders that are none', () => {
    for (const [command, good] of Object.entries(orders())) {
      if (command !== 'flush' && command !== 'unmount')
        expect(run(shell, [command]).status).toBe(3);
      expect(run(shell, [command, ...good, 'one more']).stdout).toContain('BAD_ORDER');
    }
    for (const command of ['', '$(touch canary)', 'sh', 'cmd_mount', 'main'])
      expect(run(shell, [command]).stdout).toMatch(
        /^error\tBAD_ORDER\t(\?|sh|main): no such command/,
      );
    expect(
      run(shell, ['job', KEY, 'call1', '20', 'job', KEY, 'call1', '20', 'unmount']).stdout,
    ).toContain('BAD_ORDER');
    expect(run(shell, ['run-job', `${folder}/elsewhere/${KEY}`, 'unmount']).stdout).toContain(
      'BAD_ORDER',
    );
    expect(run(shell, ['keep-open', `${state()}/kept/../../x/ready`, '/dev/sda']).stdout).toContain(
      'BAD_ORDER',
    );
    expect(traces()).toEqual([]);
  });

  it('takes every good order', () => {
    const parts = PARTS.filter((part) => part !== 'main');
    const text = parts.map((part) =>
      readFileSync(new URL(`../../../../src/host/linux/agent/${part}.sh`, import.meta.url), 'utf8'),
    );
    const [name = '', ...flags] = shell;
    for (const [command, good] of Object.entries(orders())) {
      const input = `${text.join('\n')}\nstate=$1; shift; accept "$@"; echo taken`;
      const { stdout } = spawnSync(name, [...flags, '-s', state(), command, ...good], {
        input,
        encoding: 'utf8',
      });
      expect(`${command}: ${stdout}`).toBe(`${command}: taken\n`);
    }
  });
});

it('the traps bite: without its grammar the same program calls tools and leaves files', () => {
  writeFileSync(
    path.join(folder, 'lax'),
    agentProgram().text.replace('  accept "$@"\n  _command=$1', '  _command=$1'),
  );
  run(
    ['dash'],
    ['release', 'run-1', 'unmap', 'mount', '/x', 'group', '--help', 'disk', UID],
    'lax',
  );
  run(['dash'], ['give-back', '../../cwd/elsewhere'], 'lax');
  expect(traces()).not.toEqual([]);
  rmSync(path.join(folder, 'called'), { force: true });
});

it('agent and worker agree on what a word is', () => {
  const shapes: Record<string, Shape> = {
    ...{ path: 'path', device: 'device', uid: 'uid', run: 'run', unit: 'unit', group: 'group' },
    ...{ fstype: 'fsType', uuid: 'uuid' },
  };
  const words = [
    ...HOSTILE,
    ...NO_NUMBERS,
    ...Object.values(orders()).flat(),
    '',
    '/',
    '/a/',
    '//',
    '/a//b',
    '.',
    '..',
    '/.',
    '/..a',
  ];
  const lib = ['lib', 'grammar'].map((part) =>
    readFileSync(new URL(`../../../../src/host/linux/agent/${part}.sh`, import.meta.url), 'utf8'),
  );
  for (const [ours, theirs] of Object.entries(shapes)) {
    const input = `${lib.join('\n')}\nfor word in "$@"; do is_${ours} "$word" && echo 1 || echo 0; done`;
    const { stdout } = spawnSync('dash', ['-s', ...words], { input, encoding: 'utf8' });
    const verdicts = stdout.trim().split('\n');
    for (const [at, word] of words.entries()) {
      let taken = '1';
      try {
        checked(theirs, word);
      } catch {
        taken = '0';
      }
      // Where the two differ, the worker is the stricter or the agent is: nothing passes both that one refuses. A closing slash is the one case.
      if (word !== '/a/')
        expect({ ours, word, verdict: verdicts[at] }).toEqual({ ours, word, verdict: taken });
    }
  }
});
