// The agent's program without its last part: every function of it, to be called one by one by a shell of a test.
import { readFileSync } from 'node:fs';
import { PARTS } from '../../../../src/host/linux/agent-program.js';

const agent = new URL('../../../../src/host/linux/agent/', import.meta.url);

export const functions = PARTS.filter((part) => part !== 'main')
  .map((part) => readFileSync(new URL(`${part}.sh`, agent), 'utf8'))
  .join('\n');
