// An application that writes numbered, checksummed records to one file on each of several file systems, always in the same order and durable:
// read back, they tell whether a copy of all of them is one instant.
import { crc32 } from 'node:zlib';
import type { Clock } from '../../domain/clock.js';
import type { FileSystem } from './file-system.js';
import type { ModelHost } from './host.js';
import type { Unit } from './units.js';

const RECORD_BYTES = 32;
const FILE = 'records';

const record = (number: number): Buffer => {
  const text = `${number}`.padStart(16, '0');
  return Buffer.from(
    `${text}:${crc32(text).toString(16).padStart(8, '0')}`.padEnd(RECORD_BYTES - 1) + '\n',
  );
};

/** The last record's number; throws when one is missing, torn or out of order. */
export async function readRecords(fileSystem: FileSystem): Promise<number> {
  const content = Buffer.from((await fileSystem.read(FILE)) ?? new Uint8Array());
  const count = content.length / RECORD_BYTES;
  for (let number = 1; number <= count; number += 1) {
    const found = content.subarray((number - 1) * RECORD_BYTES, number * RECORD_BYTES);
    if (!found.equals(record(number)))
      throw new Error(`record ${number} on ${fileSystem.device.path} is not intact`);
  }
  return count;
}

/** The copies of all file systems a writer wrote to, in its order: each has as many records as the next, or one more. */
export function sameInstant(lasts: readonly number[]): boolean {
  const [first = 0] = lasts;
  const last = lasts.at(-1) ?? 0;
  return (
    lasts.every((count, index) => index === 0 || count <= (lasts[index - 1] ?? 0)) &&
    first - last <= 1
  );
}

export class Writer implements Unit {
  running = false;
  written = 0;
  private current: Promise<void> = Promise.resolve();
  private stopping = new AbortController();

  constructor(
    private readonly host: ModelHost,
    private readonly mountPoints: readonly string[],
    private readonly pace: { readonly clock: Clock; readonly everyMs: number },
  ) {}

  start(): void {
    this.running = true;
    this.stopping = new AbortController();
    this.mounts().forEach((mount) => mount.users.add('writer'));
    this.current = this.loop();
  }

  async stop(): Promise<void> {
    this.running = false;
    this.stopping.abort();
    await this.current;
    this.mounts().forEach((mount) => mount.users.delete('writer'));
  }

  /** One record on every file system, each durable before the next. */
  async write(): Promise<void> {
    const number = this.written + 1;
    for (const { fileSystem } of this.mounts()) {
      await fileSystem.append(FILE, record(number));
      await fileSystem.flush();
    }
    this.written = number;
  }

  private mounts() {
    return this.mountPoints.flatMap((at) => this.host.kernel.mountAt(at) ?? []);
  }

  private async loop(): Promise<void> {
    while (this.running) {
      await this.write();
      await this.pace.clock.sleep(this.pace.everyMs, this.stopping.signal).catch(() => undefined);
    }
  }
}
