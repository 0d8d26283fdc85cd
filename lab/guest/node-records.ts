// iSCSI node records of a guest, written as files before it starts. Behind QEMU's network discovery would announce addresses it cannot reach.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { targetNameOf } from '../data-plane/tgt.js';
import { labVolumes } from '../volumes.js';

/** The machine's loopback as QEMU's user network shows it. */
export const machineAsSeenByGuest = '10.0.2.2';

const record = (
  target: string,
  port: number,
  startup: 'automatic' | 'manual',
) => `# BEGIN RECORD 2.1.8
node.name = ${target}
node.tpgt = 1
node.startup = ${startup}
node.leading_login = No
iface.iscsi_ifacename = default
iface.transport_name = tcp
node.session.auth.authmethod = None
node.session.scan = auto
node.session.timeo.replacement_timeout = 5
node.session.initial_login_retry_max = 1
node.session.err_timeo.abort_timeout = 5
node.session.err_timeo.lu_reset_timeout = 10
node.session.err_timeo.tgt_reset_timeout = 10
node.conn[0].address = ${machineAsSeenByGuest}
node.conn[0].port = ${port}
node.conn[0].startup = ${startup}
node.conn[0].timeo.login_timeout = 5
node.conn[0].timeo.logout_timeout = 5
node.conn[0].timeo.noop_out_interval = 5
node.conn[0].timeo.noop_out_timeout = 10
# END RECORD
`;

/** One record per volume and portal below `etcIscsi`. Every refused login takes time, so a guest asks by itself for its own volumes only. */
export async function writeNodeRecords(
  etcIscsi: string,
  guest: string,
  portals: number[],
): Promise<void> {
  for (const { id, usedBy } of labVolumes) {
    const startup = usedBy === guest ? 'automatic' : 'manual';
    for (const port of portals) {
      const directory = join(
        etcIscsi,
        'nodes',
        targetNameOf(id),
        `${machineAsSeenByGuest},${port},1`,
      );
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, 'default'), record(targetNameOf(id), port, startup), {
        mode: 0o600,
      });
    }
  }
}
