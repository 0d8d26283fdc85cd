// How many may come in: concurrent sessions, and new connections per second (Cinder slows itself down to 3 per second for real arrays).
import type { Clock } from '../../domain/clock.js';

export interface SshLimits {
  readonly sessions: number;
  readonly connectionsPerSecond: number;
}

export const DEFAULT_LIMITS: SshLimits = { sessions: 32, connectionsPerSecond: 3 };

export class Admission {
  private sessions = 0;
  private recent: number[] = [];

  constructor(
    private readonly limits: SshLimits,
    private readonly clock: Clock,
  ) {}

  /** False: refuse the connection. */
  enter(): boolean {
    const now = this.clock.now();
    this.recent = this.recent.filter((at) => now - at < 1000);
    if (this.sessions >= this.limits.sessions || this.recent.length >= this.limits.connectionsPerSecond) return false;
    this.recent.push(now);
    this.sessions++;
    return true;
  }

  leave(): void {
    this.sessions--;
  }
}
