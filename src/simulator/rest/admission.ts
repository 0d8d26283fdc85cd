// What the REST door bears: logins and commands per second, tokens in use at a time. Source: IBM's SDK, 3, 10 and 4. Above that: 429.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { SimulatorConfig } from '../config.js';

type Limits = SimulatorConfig['limits'];

/** Moments of the last second. */
class Second {
  private recent: number[] = [];

  /** False: one too many. */
  enter(now: number, limit: number): boolean {
    this.recent = this.recent.filter((at) => now - at < 1000);
    if (this.recent.length >= limit) return false;
    this.recent.push(now);
    return true;
  }
}

interface Token {
  readonly user: string;
  readonly expires: number;
  usedAt: number;
}

export type TokenVerdict = { readonly user: string } | 'unknown' | 'too-many';

export class RestAdmission {
  private readonly logins = new Second();
  private readonly commands = new Second();
  private readonly tokens = new Map<string, Token>();

  constructor(
    private readonly limits: Limits,
    private readonly clock: Clock,
  ) {}

  mayLogIn(): boolean {
    return this.logins.enter(this.clock.now(), this.limits.restLoginsPerSecond);
  }

  mayRun(): boolean {
    return this.commands.enter(this.clock.now(), this.limits.restCommandsPerSecond);
  }

  issue(user: string): string {
    const token = randomBytes(32).toString('hex');
    const now = this.clock.now();
    for (const [old, { expires }] of this.tokens) if (expires <= now) this.tokens.delete(old);
    this.tokens.set(token, {
      user,
      expires: now + this.limits.tokenMinutes * 60_000,
      usedAt: -Infinity,
    });
    return token;
  }

  /** More tokens than the system bears, used within one second, are too many. */
  check(text: string | undefined): TokenVerdict {
    const token = text === undefined ? undefined : this.tokens.get(text);
    const now = this.clock.now();
    if (!token || token.expires <= now) return 'unknown';
    const others = [...this.tokens.values()].filter(
      (other) => other !== token && now - other.usedAt < 1000,
    );
    if (others.length >= this.limits.restTokens) return 'too-many';
    token.usedAt = now;
    return { user: token.user };
  }

  /** A failover: nobody is logged in any more. */
  forgetAll(): void {
    this.tokens.clear();
  }
}
