// The UID of a volume without a data plane: 32 hex digits, IBM's prefix, the system, a serial number that is never used again.
import { createHash } from 'node:crypto';
import type { ArrayState } from './state.js';

export function newUid(state: ArrayState): string {
  state.serial++;
  const system = createHash('sha256').update(state.id).digest('hex').slice(0, 15);
  return `600507680${system}${state.serial.toString(16).padStart(8, '0')}`.toUpperCase();
}
