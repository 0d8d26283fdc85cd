// The second serial line of a guest, where image/recipe/lab-seed.sh listens and answers: one word per line.
import { createConnection, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { socketPath } from '../paths.js';
import { until } from '../until.js';

export class SeedLine {
  private heard = '';

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes) => (this.heard += bytes.toString('latin1')));
    socket.on('error', () => undefined);
  }

  /** QEMU makes the socket a moment after it starts. */
  static async open(path: string): Promise<SeedLine> {
    return until(`the seed line ${path}`, { within: 10_000 }, async () => {
      const socket = createConnection(socketPath(path));
      const opened = await Promise.race([
        once(socket, 'connect'),
        once(socket, 'error'),
        sleep(1000),
      ]).catch(() => undefined);
      return opened !== undefined && !socket.connecting && !socket.destroyed
        ? new SeedLine(socket)
        : undefined;
    });
  }

  say(line: string): void {
    this.socket.write(`${line}\n`);
  }

  async expect(word: string, within: number): Promise<void> {
    await until(`"${word}" from the guest`, { within }, () =>
      Promise.resolve(this.heard.includes(word) || undefined),
    );
  }

  close(): void {
    this.socket.destroy();
  }
}
