// Volume protection: a volume with recent host I/O is not unmapped and not deleted, as far as the system is set to protect it.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import type { Volume } from '../../model/state.js';

/** Throws CMMVC8783E. `-force` overrides dependencies, not the protection (IBM, volume protection). */
export function checkProtected(machine: Machine, volume: Volume): void {
  const { enabled, minutes } = machine.state.settings.protection;
  if (!enabled || volume.lastIo === undefined) return;
  if (machine.clock.now() - volume.lastIo < minutes * 60_000)
    throw refuse('CMMVC8783E', volume.name);
}
