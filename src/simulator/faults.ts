// Faults on demand: what a real array and its network do at the worst moment. Each fault fires a given number of times, then is gone.

export type FaultEffect =
  | 'drop-connection'
  /** The configuration node changes: sessions drop, tokens die, addresses are silent for a while. */
  | 'failover'
  /** For `flush`, `login` (an SSH connection is refused) and `target-io:VOLUME`. */
  | 'fail'
  /** A code answers in place of the command's own answer. */
  | { readonly code: string }
  /** Over SSH: lines before what the command prints, a banner or a code; the command runs. */
  | { readonly printed: string }
  /** Over SSH: a code on standard output instead of the answer (CMMVC7017E, too many sessions). */
  | { readonly onStdout: string; readonly exitCode: 0 | 1 }
  /** `before`: the effect comes so much later, whether or not the caller still waits. */
  | { readonly delayMs: number }
  /** For `rest`: an HTTP status instead of the answer. */
  | { readonly http: number };

/** How an effect is written in a configuration and after `simfault -do`. */
export const EFFECT =
  /^(drop|fail|failover|CMMVC\d{4}[EWI]|delay:\d+|http:\d{3}|banner(:CMMVC\d{4}[EWI])?|stdout0?:CMMVC\d{4}E)$/;

/** For people: the forms of EFFECT. */
export const EFFECTS =
  'drop, fail, failover, CMMVC..., delay:MS, http:STATUS, banner[:CMMVC...] or stdout[0]:CMMVC...';

export interface Fault {
  /**
   * A command (`startfcconsistgrp`), or `command` (any command), `flush` (prepare ends in `stopped`), `login` (SSH), `rest` (any request),
   * `target-io:VOLUME` (the background copy meets an I/O error there).
   */
  readonly on: string;
  /** `before`: the command has not run (default); `after`: it has, only its answer suffers. */
  readonly when?: 'before' | 'after';
  readonly do: FaultEffect;
  /** Default 1. */
  readonly times?: number;
}

export class Faults {
  private armed: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.armed.push({ fault, left: fault.times ?? 1 });
  }

  /** What is still to fire, oldest first. */
  list(): { fault: Fault; left: number }[] {
    return this.armed.filter(({ left }) => left > 0).map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.armed = [];
  }

  /** Uses up one firing of every fault armed for this moment. */
  take(on: string, when: 'before' | 'after'): FaultEffect[] {
    const firing = this.armed.filter(
      ({ fault, left }) => left > 0 && fault.on === on && (fault.when ?? 'before') === when,
    );
    for (const entry of firing) entry.left--;
    if (firing.length > 0) this.armed = this.armed.filter(({ left }) => left > 0);
    return firing.map(({ fault }) => fault.do);
  }
}
