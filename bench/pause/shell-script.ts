// What a careful engineer would write by hand: pre-flush, freeze, start, thaw, each over SSH; with a multiplexed connection or with new ones.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { inLab } from '../../lab/paths.js';

/** A socket's path holds about 100 bytes, what ssh appends included: a lab may lie deeper. */
const sockets = mkdtempSync(join(tmpdir(), 'mux-'));
export const CONTROL_PATH = join(sockets, '%n');

export type Connections = 'multiplexed' | 'new';

const ssh = (connections: Connections): string =>
  connections === 'new'
    ? `ssh -F ${inLab('ssh_config')}`
    : `ssh -F ${inLab('ssh_config')} -o ControlMaster=auto -o ControlPersist=600 -o ControlPath=${CONTROL_PATH}`;

/** Opens the shared connections before they are needed. */
export async function warmUp(): Promise<void> {
  const line = ssh('multiplexed');
  await execa('sh', ['-euc', `${line} source1 true; ${line} svc-lab lssystem >/dev/null`]);
}

export async function coolDown(): Promise<void> {
  const line = ssh('multiplexed');
  await execa('sh', ['-c', `${line} -O exit source1; ${line} -O exit svc-lab`], { reject: false });
  rmSync(sockets, { recursive: true, force: true });
}

/** One round; the group is prepared. Answers the bounds of the round by the guest's clock. */
export async function scriptRound(
  connections: Connections,
  group: string,
): Promise<{ fromMs: number; toMs: number }> {
  const line = ssh(connections);
  const { stdout } = await execa('sh', [
    '-euc',
    `${line} source1 'sync -f /data; date +%s%3N'
     ${line} source1 'fsfreeze -f /data'
     ${line} svc-lab 'startfcconsistgrp ${group}'
     ${line} source1 'fsfreeze -u /data'
     ${line} source1 'date +%s%3N'`,
  ]);
  const [fromMs = 0, toMs = 0] = stdout.split('\n').map(Number);
  return { fromMs, toMs };
}
