// At most three new connections in a second: an SVC refuses the fourth (OpenStack Cinder's Storwize driver slows itself down for the same reason).
import type { Clock } from '../../domain/clock.js';

const PER_WINDOW = 3;
/** A little more than the second, for clocks that do not agree. */
const WINDOW_MS = 1_050;

export class ConnectRate {
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves when a new connection may be opened. First come, first served; counted by sleeping, so a clock that jumps does no harm. */
  async turn(): Promise<void> {
    while (this.#taken >= PER_WINDOW) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    const back = (): void => {
      this.#taken -= 1;
      this.#waiting.shift()?.();
    };
    this.clock.sleep(WINDOW_MS, this.signal).then(back, back);
  }
}
