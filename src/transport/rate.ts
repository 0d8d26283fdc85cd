// So many beginnings in a window of time, and no more: new SSH connections (an SVC refuses the fourth in a second, OpenStack Cinder slows itself
// down for the same reason), REST calls and log-ins (10 and 3 a second, IBM's SDK preamble).
import type { Clock } from '../domain/clock.js';
import { WAITS } from '../domain/timing.js';

export class Rate {
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly at: { readonly clock: Clock; readonly signal: AbortSignal },
    /** In a second. */
    private readonly most: number,
  ) {}

  /**
   * Resolves when one more may begin. First come, first served; counted by sleeping, so a clock that jumps does no harm.
   * The window opens when `begun` is called: the far side counts an arrival, which may come any time before we know of it.
   */
  async turn(): Promise<() => void> {
    while (this.#taken >= this.most)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    const back = (): void => {
      this.#taken -= 1;
      this.#waiting.shift()?.();
    };
    let counted = false;
    return () => {
      if (counted) return;
      counted = true;
      this.at.clock.sleep(WAITS.rateWindow, this.at.signal).then(back, back);
    };
  }
}
