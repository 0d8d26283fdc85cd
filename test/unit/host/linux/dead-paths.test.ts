// An inspection must end on a host that has lost its disks: whatever reads a map without paths waits for ever. The kernel's tables are made up.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functions } from './agent-functions.js';

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
/** A tool of the made-up host. */
function tool(name: string, script: string): void {
  const at = path.join(sys, 'tools', name);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
const ask = (command: string) =>
  spawnSync('sh', ['-s'], {
    ...{ input: `${functions}\n${command}`, encoding: 'utf8' as const },
    env: { ...process.env, FLASHCOPY_SYS: sys, FLASHCOPY_TOOLS: path.join(sys, 'tools') },
  });
const canBeRead = (name: string): boolean =>
  ask(`read_multipath; can_be_read ${name}`).status === 0;

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

  it('not when multipath calls every path failed, whatever the disks say of themselves', () => {
    disk('sda', 'running');
    disk('sdb', 'running');
    stacked('dm-0', 'mpath-36', ['sda', 'sdb']);
    put('dm-0/dm/name', '36');
    tool('dmsetup', "echo '36: 0 524288 multipath 2 0 0 0 1 1 E 0 2 2 8:16 F 1 0 1 8:0 F 1 0 1'");
    expect(canBeRead('dm-0')).toBe(false);
    tool('dmsetup', "echo '36: 0 524288 multipath 2 0 0 0 1 1 E 0 2 2 8:16 F 1 0 1 8:0 A 1 0 1'");
    expect(canBeRead('dm-0')).toBe(true);
  });

  it('and LVM is kept to the readable ones while another cannot be read', () => {
    disk('sda', 'running');
    disk('sdb', 'offline');
    tool('pvs', 'echo "pvs $*"');
    expect(ask('read_readable; lvm_readable pvs -o pv_name').stdout).toBe(
      'pvs -o pv_name --config devices{use_devicesfile=0 filter=["a|^/dev/sda$|","r|.*|"]}\n',
    );
    disk('sdb', 'running');
    expect(ask('read_readable; lvm_readable pvs -o pv_name').stdout).toBe('pvs -o pv_name\n');
  });

  it('a disk without a state (virtio) is', () => {
    put('vda/size', '8');
    expect(canBeRead('vda')).toBe(true);
  });
});
