// One QEMU's machine protocol: connect, say commands one after another, hang up.
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { socketPath } from '../paths.js';

interface Answer {
  return?: unknown;
  error?: { desc: string };
}

export type Qmp = (command: string, args?: Record<string, unknown>) => Promise<unknown>;

export async function withQmp<T>(path: string, work: (qmp: Qmp) => Promise<T>): Promise<T> {
  const socket = createConnection(socketPath(path));
  await once(socket, 'connect');
  const lines = createInterface(socket)[Symbol.asyncIterator]();
  const qmp: Qmp = async (execute, args) => {
    socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    for (;;) {
      const line = await lines.next();
      if (line.done === true) throw new Error(`QEMU hung up during ${execute}`);
      const answer = JSON.parse(line.value) as Answer;
      if (answer.error !== undefined) throw new Error(`${execute}: ${answer.error.desc}`);
      // Greeting and events come between; only an answer has `return`.
      if (answer.return !== undefined) return answer.return;
    }
  };
  try {
    await qmp('qmp_capabilities');
    return await work(qmp);
  } finally {
    socket.destroy();
  }
}
