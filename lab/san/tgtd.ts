// The SAN's target process: two portals on the loopback, and a control port of its own so that several labs do not meet.
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { runningProcess, startProcess } from '../processes.js';
import type { RecordedProcess } from '../state.js';
import { until } from '../until.js';

export interface SanPorts {
  portalA: number;
  portalB: number;
}

/** A free TCP port is unique on the machine, so it also names the control socket; tgtd takes numbers below 32768 only. */
export const controlPortOf = ({ portalA }: Pick<SanPorts, 'portalA'>) => portalA % 32768;

export async function startTgtd(ports: SanPorts): Promise<RecordedProcess> {
  const running = runningProcess('tgtd');
  if (running !== undefined) return running;
  const control = controlPortOf(ports);
  // Of two --iscsi options only the last would count.
  const portals = `portal=127.0.0.1:${ports.portalA},portal=127.0.0.1:${ports.portalB}`;
  const started = startProcess('tgtd', 'tgtd', {
    args: ['-f', '-C', String(control), '--iscsi', portals],
  });
  await until('tgtd', { within: 10_000, every: 50 }, async () => {
    const asked = await execa('tgtadm', ['-C', String(control), '--mode', 'sys', '--op', 'show'], {
      reject: false,
    });
    return asked.exitCode === 0 || undefined;
  });
  return started;
}

/** tgtd leaves its control socket behind. */
export async function removeControlSocket(portalA: number | undefined): Promise<void> {
  if (portalA === undefined) return;
  const control = controlPortOf({ portalA });
  for (const suffix of ['', '.lock'])
    await rm(`/var/run/tgtd/socket.${control}${suffix}`, { force: true });
}
