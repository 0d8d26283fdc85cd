// Takes the writer's acknowledgements over TCP and keeps them in a file outside the guest, so that no fault of the guest can take them back.
// The other way goes one thing: how fast to write.
import { createWriteStream } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

export interface Collector {
  port: number;
  /** ms from an acknowledgement to the next record, for the writers of now and for those to come. Default: as they were started. */
  pace(ms: number): void;
  close(): Promise<void>;
}

/** Port 0 draws a free one. Guests reach it as 10.0.2.2. Lines of several writers never mix: each is written whole. */
export async function startCollector(file: string, port = 0): Promise<Collector> {
  const log = createWriteStream(file, { flags: 'a' });
  const open = new Set<Socket>();
  let paceMs: number | undefined;
  const server = createServer((socket) => {
    open.add(socket);
    if (paceMs !== undefined) socket.write(`${paceMs}\n`);
    let rest = '';
    socket.on('data', (bytes) => {
      const text = rest + bytes.toString('latin1');
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      if (end > 0) log.write(text.slice(0, end));
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    pace(ms) {
      if (ms === paceMs) return;
      paceMs = ms;
      for (const socket of open) socket.write(`${ms}\n`);
    },
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      log.end();
      await once(log, 'finish');
    },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , file = 'acknowledgements.log', port = '0'] = process.argv;
  const collector = await startCollector(file, Number(port));
  console.log(`collecting on 127.0.0.1:${collector.port} into ${file}`);
  process.once('SIGTERM', () => void collector.close());
}
