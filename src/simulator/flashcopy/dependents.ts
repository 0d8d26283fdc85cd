// Which copies hang on another one: they read grains that its target alone holds. A stop must move those first (cleaning), or take them along (-force).
import type { Machine } from '../machine.js';
import type { Run } from '../model/grain-set.js';
import { isActive } from '../model/legality.js';
import { grainBytes, type Mapping } from '../model/state.js';

/** Copies that would stop with this one, if it stopped by force: all the way down. */
export function dependentsOf(machine: Machine, mapping: Mapping): Mapping[] {
  const found = new Set<Mapping>();
  const look = (from: Mapping): void => {
    for (const other of directDependents(machine, from)) {
      if (other === mapping || found.has(other)) continue;
      found.add(other);
      look(other);
    }
  };
  look(mapping);
  return [...found];
}

/** A cascade reads through this one's target; an older copy of the same source reads what the newer one has copied already. */
export function directDependents(machine: Machine, mapping: Mapping): Mapping[] {
  if (!isActive(mapping) || mapping.startTime === '') return [];
  // A source that was restored to the last grain holds all its data itself again, as before.
  if (mapping.restoring && mapping.pending.size === 0) return [];
  const { state } = machine;
  const cascades = state
    .mappingsFrom(mapping.target)
    .filter((other) => isActive(other) && other.pending.size > 0);
  const siblings = state
    .mappingsFrom(mapping.source)
    .filter(
      (other) =>
        other !== mapping &&
        isOlder(other, mapping) &&
        isActive(other) &&
        heldFor(mapping, other, 1).length > 0,
    );
  return [...cascades, ...siblings];
}

/** Grains of `other` that cleaning of `mapping` moves, the lowest first, at most so many. */
export function grainsToClean(mapping: Mapping, other: Mapping, limit: number): Run[] {
  const cascade = other.source === mapping.target;
  // A copy that stops before it is complete goes offline: who reads through it needs everything.
  if (cascade && mapping.state === 'stopping') return other.pending.lowest(limit);
  return heldFor(mapping, other, limit);
}

/** Pending on `other`, held by the target of `mapping`. */
function heldFor(mapping: Mapping, other: Mapping, limit: number): Run[] {
  if (mapping.pending.size === 0) return other.pending.lowest(limit);
  const scale = grainBytes(mapping) / grainBytes(other);
  const found: Run[] = [];
  let left = limit;
  for (const gap of mapping.pending.gaps()) {
    const held = { from: Math.ceil(gap.from * scale), to: Math.ceil(gap.to * scale) };
    for (const { from, to } of other.pending.runs(held)) {
      if (left <= 0) return found;
      found.push({ from, to: Math.min(to, from + left) });
      left -= to - from;
    }
  }
  return found;
}

const isOlder = (one: Mapping, other: Mapping): boolean =>
  (one.startedAs ?? 0) < (other.startedAs ?? 0);
