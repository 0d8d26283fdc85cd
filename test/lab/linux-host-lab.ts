// The lab's two guests as hosts of the product, with a second way in (plain ssh) to do harm and to look.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { parse } from 'yaml';
import type { PlannedMount } from '../../src/domain/plan.js';
import type { HoldOrder, Host } from '../../src/host/host.js';
import { createLinuxHost } from '../../src/host/linux/linux-host.js';
import { FlashCopyError } from '../../src/domain/errors.js';
import {
  createSshTransport,
  type SshTransportOptions,
} from '../../src/transport/ssh/ssh-transport.js';
import type { Transport } from '../../src/transport/transport.js';
import { systemClock, systemRandomness } from '../../src/clock/system-clock.js';
import { uidOf } from '../../lab/data-plane/tgt.js';
import { until } from '../../lab/until.js';
import { guest, type Guest } from '../../lab/guest.js';

const labDir = path.resolve(process.env['LAB_DIR'] ?? 'lab/run');

interface Entry {
  readonly address: string;
  readonly user: string;
  readonly identityFile: string;
  readonly hostKey: string;
}

type Inventory = Readonly<Record<'hosts' | 'arrays', Readonly<Record<string, Entry>>>>;

/** Brings the lab up when it is not. */
export async function lab(): Promise<{ source: Guest; backup: Guest }> {
  await execa('npx', ['tsx', 'lab/up.ts'], { env: { LAB_DIR: labDir } });
  return { source: guest(labDir, 'source1'), backup: guest(labDir, 'backup1') };
}

let arrayWire: Transport | undefined;

/** Command lines on the lab's array, over one connection: an array takes only a few new ones a second, and the copies under test need theirs. */
export async function array(line: string): Promise<string> {
  arrayWire ??= createSshTransport({ ...reach('arrays', 'svc-lab'), sessions: 1 });
  const wire = arrayWire;
  const { exitCode, stdout, stderr } = await until(
    'a connection to the array',
    { within: 10_000, every: 1_000 },
    () =>
      wire.run(line, { timeoutMs: 60_000 }).catch((error: unknown) => {
        if (
          error instanceof FlashCopyError &&
          error.outcome === 'not-done' &&
          error.code === 'UNREACHABLE'
        )
          return undefined;
        throw error;
      }),
  );
  if (exitCode !== 0) throw new Error(`${line}: exit ${exitCode ?? 'by signal'}: ${stderr}`);
  return stdout.trimEnd();
}

function reach(kind: 'hosts' | 'arrays', name: string): Omit<SshTransportOptions, 'sessions'> {
  const inventory = parse(readFileSync(path.join(labDir, 'inventory.yaml'), 'utf8')) as Inventory;
  const entry = inventory[kind][name];
  if (entry === undefined) throw new Error(`${name} is not in the lab's inventory`);
  const { address, user, hostKey, identityFile } = entry;
  const privateKey = readFileSync(path.resolve(labDir, identityFile), 'utf8');
  return { address, user, hostKey, privateKey, clock: systemClock, handshakeTimeoutMs: 60_000 };
}

/** A connection of its own each time: closing it cuts the channels of nobody else. */
export function hostOf(name: string): Host {
  const transport = createSshTransport({ ...reach('hosts', name), sessions: 3 });
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
