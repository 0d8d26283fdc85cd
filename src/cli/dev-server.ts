// A Temporal server for one command, for people who have none: the `temporal` binary's dev server, in memory, on free ports of the loopback.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { FlashCopyError } from '../domain/errors.js';
import { systemClock } from '../clock/system-clock.js';

export interface DevServer {
  readonly address: string;
  readonly uiUrl: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const TRIES = 3;

function findBinary(): string {
  const own = fileURLToPath(new URL('../../.tools/bin/temporal', import.meta.url));
  const onPath = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, 'temporal'));
  const found = [path.resolve('.tools/bin/temporal'), own, ...onPath].find((file) =>
    existsSync(file),
  );
  if (found !== undefined) return found;
  throw new FlashCopyError({
    family: 'request',
    code: 'NO_TEMPORAL',
    message:
      'no Temporal server: give --address or TEMPORAL_ADDRESS, or put the `temporal` binary on the PATH',
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A free port may be somebody else's a moment later: a server that ends at once is tried again on others. */
export async function startDevServer(): Promise<DevServer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnFreePorts();
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

/**
 * Runs a program, and ends it as soon as standard input closes: however this process ends, a kill -9 included, its end of that pipe closes.
 * `read` is a builtin, so nothing else stays behind. Interrupted by a signal, `wait` is repeated for the program's own end.
 */
const WITH_ITS_PARENT = `
exec 3<&0 </dev/null
"$@" & program=$!
trap 'kill "$program"' HUP INT TERM
(read -r never <&3; kill "$program") & watcher=$!
wait "$program" || wait "$program"
kill "$watcher" 2>/dev/null
`;

/** In a process group of its own, so that Ctrl-C reaches this command alone and the copy can still be undone. */
async function startOnFreePorts(): Promise<DevServer> {
  const [port, uiPort] = [await freePort(), await freePort()];
  const settings = [
    'history.transferProcessorMaxPollRPS=2000',
    'history.timerProcessorMaxTimeShift="50ms"',
  ].flatMap((setting) => ['--dynamic-config-value', setting]);
  const where = ['--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${uiPort}`];
  const server = ['server', 'start-dev', ...where, '--log-level', 'never', ...settings];
  const child = spawn('/bin/sh', ['-c', WITH_ITS_PARENT, 'sh', findBinary(), ...server], {
    ...{ stdio: ['pipe', 'ignore', 'ignore'], detached: true },
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.stdin.destroy();
    await exited;
  };
  const address = `127.0.0.1:${port}`;
  const until = systemClock.now() + START_TIMEOUT_MS;
  for (;;) {
    const connection = await Connection.connect({ address, connectTimeout: 1_000 }).catch(
      () => undefined,
    );
    if (connection !== undefined) {
      await connection.close();
      return { address, uiUrl: `http://127.0.0.1:${uiPort}`, stop };
    }
    if (child.exitCode !== null || systemClock.now() > until) {
      await stop();
      const message =
        'the Temporal dev server does not start; run `temporal server start-dev` to see why';
      throw new FlashCopyError({ family: 'transport', code: 'TEMPORAL_UNREACHABLE', message });
    }
    await systemClock.sleep(100);
  }
}
