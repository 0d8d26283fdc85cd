// A network cable between the worker and one machine, as a TCP proxy: cut, it loses everything in silence, as a network does that is gone.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Wire {
  /** Where the machine is reached through this wire. */
  readonly port: number;
  /** From now on nothing arrives on either side; no connection ends. */
  cut(): void;
  /** New connections work again. Those that were cut stay dead, and are seen to be. */
  mend(): void;
  close(): void;
}

export async function layWire(to: number): Promise<Wire> {
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    const ends = [near, connect(to, '127.0.0.1')] as const;
    for (const [at, end] of ends.entries()) {
      const other = ends[1 - at] as Socket;
      open.add(end);
      // What arrives after the cut is taken and lost; neither side hears of it.
      end.on('data', (bytes) => void (whole && other.write(bytes)));
      end.on('error', () => end.destroy());
      end.on('close', () => {
        open.delete(end);
        if (whole) other.destroy();
      });
    }
  });
  const forget = () => open.forEach((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => void (whole = false),
    mend() {
      forget();
      whole = true;
    },
    close() {
      server.close();
      forget();
    },
  };
}
