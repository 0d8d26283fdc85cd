// `-filtervalue`: attribute=value, several joined by `:` mean AND, one `*` at one end of a text, `<` and `>` for numbers.
import { refuse } from '../model/codes.js';

/** Throws CMMVC5741E for an attribute the view does not have, CMMVC5767E for a malformed term. */
export function matches(
  row: Readonly<Record<string, string>>,
  filter: string,
  columns: readonly string[],
): boolean {
  return filter.split(':').every((term) => {
    const [, attribute, operator, wanted] = /^([A-Za-z_]+)(=|<|>)(.*)$/s.exec(term) ?? [];
    if (attribute === undefined || operator === undefined || wanted === undefined)
      throw refuse('CMMVC5767E', term);
    if (!columns.includes(attribute)) throw refuse('CMMVC5741E', attribute);
    return holds(row[attribute] ?? '', operator, wanted);
  });
}

function holds(value: string, operator: string, wanted: string): boolean {
  if (operator === '<') return Number(value) < Number(wanted);
  if (operator === '>') return Number(value) > Number(wanted);
  if (wanted.startsWith('*') && wanted.endsWith('*') && wanted.length > 1)
    throw refuse('CMMVC5767E', wanted);
  if (wanted.startsWith('*')) return value.endsWith(wanted.slice(1));
  if (wanted.endsWith('*')) return value.startsWith(wanted.slice(0, -1));
  return value === wanted;
}
