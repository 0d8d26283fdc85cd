// How many may come in: concurrent sessions, and new connections per second (Cinder slows itself down to 3 per second for real arrays).
import type { Clock } from '../../domain/clock.js';

export interface SshLimits {
  readonly sessions: number;
  readonly connectionsPerSecond: number;
}

export class Admission {
  private sessions = 0;
  private recent: number[] = [];
  private silentUntil = -Infinity;

  constructor(
    private readonly limits: SshLimits,
    private readonly clock: Clock,
  ) {}

  /** False: refuse the connection. */
  enter(): boolean {
    const now = this.clock.now();
    this.recent = this.recent.filter((at) => now - at < 1000);
    if (
      this.sessions >= this.limits.sessions ||
      this.recent.length >= this.limits.connectionsPerSecond
    )
      return false;
    this.recent.push(now);
    this.sessions++;
    return true;
  }

  /** Nobody is let in for so long. */
  silence(ms: number): void {
    this.silentUntil = this.clock.now() + ms;
  }

  silent(): boolean {
    return this.clock.now() < this.silentUntil;
  }

  leave(): void {
    this.sessions--;
  }
}
