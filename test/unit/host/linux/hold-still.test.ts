// The critical part of the holder, run for real by a shell, with an fsfreeze that only pretends: order, refusals, probes. Nothing of this
// machine is frozen: the tools come from a folder of the test, and mount points are mere names.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functions } from './agent-functions.js';

/** Freezes are files; a file `refuse_<name>` makes a freeze fail, `slow_<name>` makes it take its time. Every call is logged. */
const FSFREEZE = `#!/bin/sh
name=$(printf '%s' "$2" | tr / _)
case $1 in
  -f)
    echo "begin $2" >>"$FAKE/log"
    [ -e "$FAKE/slow$name" ] && sleep 0.3
    [ -e "$FAKE/refuse$name" ] && { echo "fsfreeze: $2: freeze failed: Operation not supported" >&2; exit 1; }
    mkdir "$FAKE/frozen$name" 2>/dev/null || { echo "fsfreeze: $2: freeze failed: Device or resource busy" >&2; exit 1; }
    echo "frozen $2" >>"$FAKE/log" ;;
  -u)
    rmdir "$FAKE/frozen$name" 2>/dev/null || { echo "fsfreeze: $2: unfreeze failed: Invalid argument" >&2; exit 1; }
    echo "thawed $2" >>"$FAKE/log" ;;
esac
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hold-still-'));
  mkdirSync(path.join(folder, 'run'));
  writeFileSync(path.join(folder, 'fsfreeze'), FSFREEZE, { mode: 0o755 });
  for (const [file, text] of [
    ['method', 'quiesce'],
    ['deadline', '0'],
    ['table', ''],
  ] as const)
    writeFileSync(path.join(folder, 'run', file), `${text}${text === '' ? '' : '\n'}`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function table(points: readonly string[]): void {
  const rows = points.map((point, i) => `${point}\t9:${i}\t/dev/x${i}\txfs\trw\trw\t-\n`);
  writeFileSync(path.join(folder, 'run', 'table'), rows.join(''));
}

function holder(points: readonly string[], script: string): { out: string[]; log: string[] } {
  table(points);
  const start = `state='${folder}' keep='${folder}/keep' dir='${folder}/run' run=t; set -- ${points.join(' ')}\n`;
  const env = { PATH: process.env['PATH'] ?? '', FLASHCOPY_TOOLS: folder, FAKE: folder };
  const done = spawnSync('sh', ['-s'], {
    input: `${functions}\n${start}${script}`,
    env,
    encoding: 'utf8',
  });
  expect(done.stderr).toBe('');
  const log = spawnSync('cat', [path.join(folder, 'log')], { encoding: 'utf8' }).stdout;
  return { out: done.stdout.replace(/\n$/, '').split('\n'), log: log.trim().split('\n') };
}
const fake = (name: string): void => writeFileSync(path.join(folder, name), '');
const stillFrozen = (): string =>
  spawnSync('sh', ['-c', `ls -d '${folder}'/frozen* 2>/dev/null`], { encoding: 'utf8' }).stdout;

describe('quiesce', () => {
  it('thaws what was frozen already when a second file system refuses, and says which one refused', () => {
    fake('refuse_b');
    const { out, log } = holder(['/a', '/b', '/c'], 'quiesce "$@"');
    expect(out[0]).toMatch(/^refused\t.*\/b.*not supported/i);
    expect(log).toEqual(expect.arrayContaining(['thawed /a', 'thawed /c']));
    expect(stillFrozen()).toBe('');
  });

  it('leaves a freeze of somebody else alone when it is refused because of it', () => {
    const { out } = holder(['/a', '/b'], 'fsfreeze -f /b; quiesce "$@"');
    expect(out[0]).toMatch(/^refused\t\/b.*busy/);
    expect(stillFrozen().trim()).toBe(path.join(folder, 'frozen_b'));
  });

  it('that was refused leaves it alone as well when the thaw is asked for all the same', () => {
    const { out } = holder(
      ['/a', '/b'],
      `fsfreeze -f /b; printf 'quiesce\\nattest-thaw\\n' | obey "$@"`,
    );
    expect(out.find((line) => line.startsWith('thawed'))).toMatch(/^thawed\trefused: \/b/);
    expect(stillFrozen().trim()).toBe(path.join(folder, 'frozen_b'));
  });

  it('freezes file systems side by side, and an outer one only when the inner one is still', () => {
    for (const name of ['slow_a_b', 'slow_c']) fake(name);
    const { out, log } = holder(['/a/b', '/c', '/a'], 'quiesce "$@"');
    expect(out).toEqual(['quiesced']);
    expect(log.indexOf('begin /c')).toBeLessThan(log.indexOf('frozen /a/b'));
    expect(log.indexOf('begin /a')).toBeGreaterThan(log.indexOf('frozen /a/b'));
  });

  it('does not wait for a neighbour whose name only begins alike', () => {
    fake('slow_ab');
    const { log } = holder(['/ab', '/a'], 'quiesce "$@"');
    expect(log.indexOf('begin /a')).toBeLessThan(log.indexOf('frozen /ab'));
  });
});

describe('attest and thaw', () => {
  it('is unbroken when every second freeze answers busy, and everything is thawed', () => {
    const { out } = holder(['/a', '/b'], 'quiesce "$@"; attest_and_thaw "$@"');
    expect(out[1]).toBe('thawed\t');
    expect(out[2]).toMatch(/^pause\tquiesce\t\d{13}\t\d{13}\t\d{13}\t\t\d{13}$/);
    expect(stillFrozen()).toBe('');
  });

  it('is broken when somebody thawed one in between, and leaves nothing frozen by its own probe', () => {
    const { out } = holder(['/a', '/b'], 'quiesce "$@"; fsfreeze -u /b; attest_and_thaw "$@"');
    expect(out[1]).toBe('thawed\t/b had been thawed by somebody else');
    expect(out[2]).toContain('/b had been thawed by somebody else');
    expect(stillFrozen()).toBe('');
  });

  it('is broken when a probe fails for another reason than busy', () => {
    const { out } = holder(['/a'], 'quiesce "$@"; : >"$FAKE/refuse_a"; attest_and_thaw "$@"');
    expect(out[1]).toMatch(/not supported/);
  });

  it('answers the thaw before it takes times and cleans up', () => {
    const { out } = holder(
      ['/a'],
      'quiesce "$@"; hold_report() { echo report; }; attest_and_thaw "$@"',
    );
    expect(out).toEqual(['quiesced', 'thawed\t', 'report']);
  });
});

describe('give back', () => {
  it('thaws, is done once, and keeps its first reason', () => {
    const { out } = holder(['/a'], 'quiesce "$@"; give_back first; give_back second; hold_report');
    expect(out[1]).toMatch(/\tfirst\t$/);
    expect(stillFrozen()).toBe('');
  });

  it('waits for a freeze that is still on its way, or that would freeze after the thaw', () => {
    // The pretended process has the tool's name, as the kernel shows it.
    const freeze = `cp "$(command -v sleep)" "$FAKE/bin/fsfreeze"; "$FAKE/bin/fsfreeze" 1 & echo $! >"$dir/inflight"`;
    mkdirSync(path.join(folder, 'bin'));
    const { out } = holder(
      ['/a'],
      `${freeze}; read_uptime; before=$uptime_ms; give_back late; read_uptime; echo $((uptime_ms - before))`,
    );
    expect(Number(out[0])).toBeGreaterThanOrEqual(800);
  });

  it('by the twin of an earlier hold leaves the present one alone', () => {
    writeFileSync(path.join(folder, 'run', 'generation'), 'new\n');
    holder(['/a'], 'quiesce "$@"; generation=old; give_back twin');
    expect(stillFrozen()).toContain('frozen_a');
  });
});
