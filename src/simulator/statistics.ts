// What clients cost: commands by name, bytes answered, connections and tokens. Benches and tests read it; `simstats` shows it.

export class Statistics {
  /** Executed or refused, by name. */
  readonly commands = new Map<string, number>();
  /** Standard output and JSON bodies. */
  bytesAnswered = 0;
  sshConnections = 0;
  restLogins = 0;

  count(command: string): void {
    this.commands.set(command, (this.commands.get(command) ?? 0) + 1);
  }

  reset(): void {
    this.commands.clear();
    this.bytesAnswered = this.sshConnections = this.restLogins = 0;
  }
}
