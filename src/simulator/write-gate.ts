// One instant for all volumes: while a cut runs no host write is under way and none begins. Reads are not held.

export class WriteGate {
  private writing = 0;
  private closed: Promise<void> | undefined;
  private whenStill: (() => void) | undefined;

  async write<T>(work: () => Promise<T>): Promise<T> {
    while (this.closed) await this.closed;
    this.writing++;
    try {
      return await work();
    } finally {
      this.writing--;
      if (this.writing === 0) this.whenStill?.();
    }
  }

  /** Waits for writes under way, then runs `cut` alone. Writes resume even if it throws. */
  async atOneInstant<T>(cut: () => Promise<T>): Promise<T> {
    while (this.closed) await this.closed;
    let open = (): void => undefined;
    this.closed = new Promise((resolve) => (open = resolve));
    try {
      if (this.writing > 0) await new Promise<void>((resolve) => (this.whenStill = resolve));
      return await cut();
    } finally {
      this.whenStill = undefined;
      this.closed = undefined;
      open();
    }
  }
}
