// The hash of a plan: 64-bit FNV-1a over canonical JSON. It tells whether two plans are the same; it is no protection against forgery.
// Constants: Fowler, Noll, Vo; offset basis and prime for 64 bit.
import type { PlanToTell } from './lines.js';

const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** Objects with sorted keys, so that the order in which fields were written does not count. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}

/** 16 hex digits over UTF-16 code units, high byte first. */
export function fnv1a64(text: string): string {
  let hash = OFFSET_BASIS;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    for (const byte of [unit >> 8, unit & 0xff]) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash.toString(16).padStart(16, '0');
}

/** Without the token and the names made from it: the same situation gives the same hash in every run. */
export function hashOf(plan: PlanToTell): string {
  const { token: _token, groups, ...rest } = plan;
  return fnv1a64(canonicalJson({ ...rest, groups: groups.map(({ name: _name, ...group }) => group) }));
}
