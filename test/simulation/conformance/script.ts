// What a scenario of the conformance suite is.
import type { Op } from './workflows.js';

export interface Scenario {
  readonly name: string;
  readonly script: readonly Op[];
  /** What comes from outside, ms after the start. */
  readonly then?: readonly Stimulus[];
  readonly runTimeoutMs?: number;
}

export type Stimulus = { readonly at: number } & (
  | { readonly do: 'signal'; readonly text: string; readonly child?: string }
  | { readonly do: 'cancel'; readonly child?: string }
  | { readonly do: 'terminate'; readonly child?: string }
  | { readonly do: 'update'; readonly text: string }
  /** Of the newest run: it keeps so many finished tasks. */
  | { readonly do: 'reset'; readonly tasks: number }
);
