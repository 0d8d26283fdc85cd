// The lab's two guests as hosts of the product, with a second way in (plain ssh) to do harm and to look.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { parse } from 'yaml';
import type { PlannedMount } from '../../src/domain/plan.js';
import type { HoldOrder, Host } from '../../src/host/host.js';
import { createLinuxHost } from '../../src/host/linux/linux-host.js';
import { createSshTransport } from '../../src/transport/ssh/ssh-transport.js';
import { systemClock, systemRandomness } from '../../src/worker/system-clock.js';
import { uidOf } from '../../lab/data-plane/tgt.js';
import { guest, type Guest } from '../../lab/guest.js';

const labDir = path.resolve(process.env['LAB_DIR'] ?? 'lab/run');

interface Entry {
  readonly address: string;
  readonly user: string;
  readonly identityFile: string;
  readonly hostKey: string;
}

/** Brings the lab up when it is not. */
export async function lab(): Promise<{ source: Guest; backup: Guest }> {
  await execa('npx', ['tsx', 'lab/up.ts'], { env: { LAB_DIR: labDir } });
  return { source: guest(labDir, 'source1'), backup: guest(labDir, 'backup1') };
}

/** One command on the lab's array. */
export async function array(line: string): Promise<string> {
  const { stdout } = await execa('ssh', ['-F', path.join(labDir, 'ssh_config'), 'svc-lab', line]);
  return stdout;
}

/** A connection of its own each time: closing it cuts the channels of nobody else. */
export function hostOf(name: string): Host {
  const inventory = parse(readFileSync(path.join(labDir, 'inventory.yaml'), 'utf8')) as {
    hosts: Record<string, Entry>;
  };
  const entry = inventory.hosts[name];
  if (entry === undefined) throw new Error(`${name} is not in the lab's inventory`);
  const transport = createSshTransport({
    address: entry.address,
    user: entry.user,
    hostKey: entry.hostKey,
    privateKey: readFileSync(path.resolve(labDir, entry.identityFile), 'utf8'),
    sessions: 3,
    clock: systemClock,
    handshakeTimeoutMs: 60_000,
  });
  return createLinuxHost({ name, transport, clock: systemClock, randomness: systemRandomness });
}

export { uidOf };
const node = (id: number): string => `/dev/mapper/3${uidOf(id).toLowerCase()}`;

/** A volume group over the first two volumes, xfs at /data, a unit that works there. Made once. */
export async function prepareSource(source: Guest): Promise<void> {
  await source.sh(`
    vgs vg_data >/dev/null 2>&1 || {
      vgcreate -qq -y vg_data ${node(0)} ${node(1)} >/dev/null
      lvcreate -qq -y -n data -i 2 -I 64k -l 100%FREE vg_data >/dev/null
      mkfs.xfs -q -f /dev/vg_data/data
    }
    mkdir -p /data
    mountpoint -q /data || mount /dev/vg_data/data /data
    printf '[Service]\nWorkingDirectory=/data\nExecStart=/bin/sleep infinity\n' >/run/systemd/system/lab-app.service
    systemctl daemon-reload
    systemctl start lab-app
  `);
}

export const dataMount: PlannedMount = {
  mountPoint: '/data',
  device: '/dev/vg_data/data',
  fsType: 'xfs',
  options: 'rw,relatime',
  uuid: '',
  disks: [uidOf(0), uidOf(1)],
  unit: '',
};

export const order = (change: Partial<HoldOrder> & Pick<HoldOrder, 'run'>): HoldOrder => ({
  method: 'quiesce',
  mounts: [dataMount],
  units: [],
  deadlineMs: 90_000,
  ...change,
});
