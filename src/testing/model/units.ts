// Units of a model host: applications that are stopped before an unmount and started after it.
export interface Unit {
  start(): void;
  stop(): Promise<void>;
  readonly running: boolean;
}

export class Units {
  private readonly known = new Map<string, Unit>();

  add(name: string, unit: Unit): void {
    this.known.set(name, unit);
  }

  unknown(names: readonly string[]): string[] {
    return names.filter((name) => !this.known.has(name));
  }

  async stop(names: readonly string[]): Promise<void> {
    for (const name of names) await this.known.get(name)?.stop();
  }

  start(names: readonly string[]): void {
    for (const name of names.toReversed()) {
      const unit = this.known.get(name);
      if (unit?.running === false) unit.start();
    }
  }
}
