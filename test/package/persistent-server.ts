// A Temporal dev server that may be stopped and started again at the same address, and keeps its history meanwhile.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { systemClock } from '../../src/clock/system-clock.js';

const binary = path.resolve(import.meta.dirname, '../../.tools/bin/temporal');

export interface PersistentServer {
  readonly address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Started. Its history is a file in this folder. */
export async function startPersistent(folder: string): Promise<PersistentServer> {
  const ports = [await freePort(), await freePort()] as const;
  const address = `127.0.0.1:${ports[0]}`;
  let child: ChildProcess | undefined;
  const server: PersistentServer = {
    address,
    async start() {
      const where = ['--ip', '127.0.0.1', '--port', `${ports[0]}`, '--ui-port', `${ports[1]}`];
      const kept = ['--db-filename', path.join(folder, `history-${ports[0]}.db`)];
      const args = ['server', 'start-dev', '--log-level', 'never', ...where, ...kept];
      child = spawn(binary, args, { stdio: 'ignore' });
      await answers(address);
    },
    async stop() {
      if (child?.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
  await server.start();
  return server;
}

async function answers(address: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const connection = await Connection.connect({ address, connectTimeout: 500 }).catch(
      () => undefined,
    );
    if (connection !== undefined) return connection.close();
    await systemClock.sleep(200);
  }
  throw new Error(`no Temporal server at ${address}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
