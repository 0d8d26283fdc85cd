// The application of a simulated host: writes one numbered record on each of its file systems whenever it is poked, which is at every port call.
// It remembers when it had written how much: read back from a copy, the records tell at which moment the copy was taken.
import { crc32 } from 'node:zlib';
import type { Clock } from '../../../src/domain/clock.js';
import type { ModelHost } from '../../../src/testing/index.js';

const FILE = 'records';

const record = (number: number): Buffer => {
  const text = `${number}`.padStart(16, '0');
  return Buffer.from(`${text}:${crc32(text).toString(16).padStart(8, '0')}`.padEnd(31) + '\n');
};

export class PokedWriter {
  running = false;
  #written = 0;
  #writing: Promise<void> | undefined;
  readonly #history: { readonly at: number; readonly written: number }[] = [];

  constructor(
    private readonly host: ModelHost,
    readonly mountPoints: readonly string[],
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.running = true;
    this.#mounts().forEach((mount) => mount.users.add('writer'));
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.#writing;
    this.#mounts().forEach((mount) => mount.users.delete('writer'));
  }

  /** Begins a record unless one is still being written: a frozen file system keeps it waiting. */
  poke(): void {
    if (!this.running || this.#writing !== undefined) return;
    this.#writing = this.#write().finally(() => (this.#writing = undefined));
  }

  /** No record is being written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Records complete on every file system at that time. */
  writtenAt(ms: number): number {
    return this.#history.findLast(({ at }) => at <= ms)?.written ?? 0;
  }

  async #write(): Promise<void> {
    const number = this.#written + 1;
    const mounts = this.#mounts();
    if (mounts.length < this.mountPoints.length) return;
    for (const { fileSystem } of mounts) {
      await fileSystem.append(FILE, record(number));
      await fileSystem.flush();
    }
    this.#written = number;
    this.#history.push({ at: this.clock.now(), written: number });
  }

  #mounts() {
    return this.mountPoints.flatMap((at) => this.host.kernel.mountAt(at) ?? []);
  }
}
