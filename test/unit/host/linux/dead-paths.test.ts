// An inspection must end on a host that has lost its disks: whatever reads a map without paths waits for ever. The kernel's tables are made up.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PARTS } from '../../../../src/host/linux/agent-program.js';

const agent = new URL('../../../../src/host/linux/agent/', import.meta.url);
const functions = PARTS.filter((part) => part !== 'main')
  .map((part) => readFileSync(new URL(`${part}.sh`, agent), 'utf8'))
  .join('\n');

let sys: string;
beforeEach(() => (sys = mkdtempSync(path.join(tmpdir(), 'dead-paths-'))));
afterEach(() => rmSync(sys, { recursive: true, force: true }));

function put(file: string, text: string): void {
  const at = path.join(sys, 'class/block', file);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, `${text}\n`);
}
const disk = (name: string, state: string): void => put(`${name}/device/state`, state);
function stacked(name: string, uuid: string, below: readonly string[]): void {
  put(`${name}/dm/uuid`, uuid);
  for (const slave of below) put(`${name}/slaves/${slave}`, '');
}
const canBeRead = (name: string): boolean =>
  spawnSync('sh', ['-s'], { input: `${functions}\ncan_be_read ${name}`, env: { ...process.env, FLASHCOPY_SYS: sys } })
    .status === 0;

describe('a device is read only when the read can end', () => {
  it('with one of its paths left, not with none', () => {
    disk('sda', 'transport-offline');
    disk('sdb', 'running');
    stacked('dm-0', 'mpath-36', ['sda', 'sdb']);
    expect(canBeRead('dm-0')).toBe(true);
    disk('sdb', 'offline');
    expect(canBeRead('dm-0')).toBe(false);
  });

  it('and a volume over two maps only when both can be', () => {
    disk('sda', 'offline');
    disk('sdb', 'running');
    stacked('dm-0', 'mpath-36', ['sda']);
    stacked('dm-1', 'mpath-37', ['sdb']);
    stacked('dm-2', 'LVM-x', ['dm-0', 'dm-1']);
    expect(canBeRead('dm-2')).toBe(false);
    disk('sda', 'running');
    expect(canBeRead('dm-2')).toBe(true);
  });

  it('a disk without a state (virtio) is', () => {
    put('vda/size', '8');
    expect(canBeRead('vda')).toBe(true);
  });
});
