// The shell program hosts run: the parts under agent/ joined into one file, named by its hash so that two versions never mix.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** In this order: what is used stands before what uses it, main last. */
export const PARTS = [
  'lib',
  'grammar',
  'job',
  'disk',
  'order',
  'freeze',
  'hold',
  'hold-still',
  'watch',
  'holds',
  'hold-down',
  'release',
  'find',
  'synthesise',
  'former',
  'mount',
  'inspect',
  'main',
] as const;

export interface AgentProgram {
  readonly text: string;
  /** First 16 hex digits of its SHA-256. */
  readonly hash: string;
}

let loaded: AgentProgram | undefined;

export function agentProgram(): AgentProgram {
  if (loaded === undefined) {
    const text = PARTS.map((part) =>
      readFileSync(new URL(`agent/${part}.sh`, import.meta.url), 'utf8'),
    ).join('\n');
    loaded = { text, hash: createHash('sha256').update(text).digest('hex').slice(0, 16) };
  }
  return loaded;
}
