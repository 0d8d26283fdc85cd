// The hash of a plan: 64-bit FNV-1a over canonical JSON. It tells whether two plans are the same; it is no protection against forgery.
import { fnv1a64 } from '../fnv.js';
import type { PlanToTell } from './lines.js';

/** Objects with sorted keys, so that the order in which fields were written does not count. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}

/** Without the token and the names made from it: the same situation gives the same hash in every run. */
export function hashOf(plan: PlanToTell): string {
  const { token: _token, groups, ...rest } = plan;
  return fnv1a64(
    canonicalJson({ ...rest, groups: groups.map(({ name: _name, ...group }) => group) }),
  );
}
