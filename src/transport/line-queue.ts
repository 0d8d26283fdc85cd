// Lines that arrived and were not read yet. A line that comes after its reader gave up is kept for the next reader, never lost.
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../domain/clock.js';
import { commandTimedOut, outputTooLarge } from './failures.js';
import { within } from '../domain/within.js';

const LONGEST_UNREAD = 16 * 1024 * 1024;

export class LineQueue {
  readonly #decoder = new StringDecoder('utf8');
  readonly #lines: string[] = [];
  #partial = '';
  #unread = 0;
  #ended: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(private readonly of: { readonly address: string; readonly clock: Clock }) {}

  /** Bytes in any cut: lines are put together again over chunk borders, in the middle of a character too. */
  push(chunk: Buffer): void {
    if (this.#ended !== undefined) return;
    const parts = (this.#partial + this.#decoder.write(chunk)).split('\n');
    this.#partial = parts.pop() ?? '';
    this.#lines.push(...parts);
    this.#unread += chunk.length;
    if (this.#unread > LONGEST_UNREAD) this.end(outputTooLarge(this.of.address, LONGEST_UNREAD));
    this.#wake();
  }

  /** Lines that came before stay readable; what follows them is the error. A half line is dropped: it proves nothing. */
  end(error: Error): void {
    this.#ended ??= error;
    this.#wake();
  }

  /** Throws COMMAND_TIMED_OUT after timeoutMs, or what `end` was told. */
  async next(timeoutMs: number): Promise<string> {
    const { address, clock } = this.of;
    const until = clock.now() + timeoutMs;
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        this.#unread = this.#lines.length === 0 ? 0 : this.#unread - line.length - 1;
        return line;
      }
      if (this.#ended !== undefined) throw this.#ended;
      const ms = Math.max(0, until - clock.now());
      const arrival = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await within({ clock, ms }, arrival, () => commandTimedOut(address, timeoutMs));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
