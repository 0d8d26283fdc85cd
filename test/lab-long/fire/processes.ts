// The processes that fires end: a worker, and a Temporal server that keeps its database. Each is killed as a machine kills: without a word.
import { once } from 'node:events';
import { connect } from 'node:net';
import { execa } from 'execa';
import { inLab } from '../../../lab/paths.js';
import { tool } from '../../../lab/tools.js';
import { until } from '../../../lab/until.js';

export interface Killable {
  kill(): Promise<void>;
}

const killable = (child: Promise<unknown> & { kill(signal: 'SIGKILL'): boolean }): Killable => ({
  kill: async () => {
    child.kill('SIGKILL');
    await child.catch(() => undefined);
  },
});

/** Its runs outlive it in `fire.db`: start it again on the same port. */
export async function startServer(port: number): Promise<Killable> {
  const fast = ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'];
  const where = ['--ip', '127.0.0.1', '--port', String(port), '--db-filename', inLab('fire.db')];
  const child = execa(
    tool('temporal'),
    ['server', 'start-dev', '--headless', '--log-level', 'never', ...where, ...fast],
    {
      ...{ reject: false, stdio: 'ignore' },
    },
  );
  await until('the Temporal server', { within: 60_000 }, async () => {
    const socket = connect(port, '127.0.0.1');
    const answers = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    return answers || undefined;
  });
  return killable(child);
}

/** Serves its queues when this returns. */
export async function startWorker(address: string, inventoryFile: string): Promise<Killable> {
  const child = execa(process.execPath, ['--import', 'tsx', 'test/lab-long/fire/worker.ts'], {
    ...{ reject: false, stdin: 'ignore', stderr: 'ignore' },
    env: { TEMPORAL_ADDRESS: address, FIRE_INVENTORY: inventoryFile },
  });
  const said = once(child.stdout, 'data');
  await Promise.race([
    said,
    child.then(() => Promise.reject(new Error('the worker ended before it was ready'))),
  ]);
  return killable(child);
}
