// Temporal's dev server with its UI, in memory: runs of a lab end with the lab.
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { runningProcess, startProcess } from './processes.js';
import { tool } from './tools.js';
import { until } from './until.js';

export interface TemporalPorts {
  temporal: number;
  ui: number;
  metrics: number;
}

export async function startTemporal(ports: TemporalPorts): Promise<void> {
  if (runningProcess('temporal') === undefined) {
    const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'warn'];
    args.push(
      '--port',
      String(ports.temporal),
      '--ui-port',
      String(ports.ui),
      '--metrics-port',
      String(ports.metrics),
    );
    // Without it the server hands out at most a few hundred tasks a second, and tests wait for that.
    args.push('--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000');
    startProcess('temporal', tool('temporal'), { args });
  }
  for (const port of [ports.temporal, ports.ui]) await answering(port);
}

async function answering(port: number): Promise<void> {
  await until(`Temporal on port ${port}`, { within: 30_000 }, async () => {
    const socket = createConnection(port, '127.0.0.1');
    return once(socket, 'connect').then(
      () => (socket.destroy(), true),
      () => undefined,
    );
  });
}
