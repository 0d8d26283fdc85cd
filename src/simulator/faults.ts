// Faults on demand: what a real array and its network do at the worst moment. Each fault fires a given number of times, then is gone.

export type FaultEffect = 'drop-connection' | 'fail' | { readonly code: string } | { readonly delayMs: number };

export interface Fault {
  /** A command (`startfcconsistgrp`), or `flush` (prepare ends in `stopped`). */
  readonly on: string;
  /** `before`: the command has not run (default); `after`: it has, only its answer suffers. */
  readonly when?: 'before' | 'after';
  /** `fail` is for `flush`. A code answers in place of the command's own answer. */
  readonly do: FaultEffect;
  /** Default 1. */
  readonly times?: number;
}

export class Faults {
  private readonly armed: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.armed.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.armed.length = 0;
  }

  /** Uses up one firing of every fault armed for this moment. */
  take(on: string, when: 'before' | 'after'): FaultEffect[] {
    const firing = this.armed.filter(
      ({ fault, left }) => left > 0 && fault.on === on && (fault.when ?? 'before') === when,
    );
    for (const entry of firing) entry.left--;
    return firing.map(({ fault }) => fault.do);
  }
}
