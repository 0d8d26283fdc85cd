// The REST door's answers, read by name. A list is an array of objects; a detailed view one object, or an array of partial ones where keys repeat
// (volume copies, group members: IBM's Go SDK). Every value is a string. What is cut or of another form throws UNREADABLE_OUTPUT.
import { Row, unreadable } from './row.js';

/** No body, `""` and `[]` are no objects. */
export function parseJsonListing(what: string, body: string): Row[] {
  const value = parsed(what, body);
  if (value === '' || value === null) return [];
  if (!Array.isArray(value)) throw unreadable(what, 'is no list', body);
  return value.map((item) => new Row(what, fieldsOf(what, item)));
}

/** The object's own fields come first and count. */
export function parseJsonDetails(what: string, body: string): Row {
  const value = parsed(what, body);
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  if (parts.length === 0) throw unreadable(what, 'no output', body);
  const fields = new Map<string, string | undefined>();
  const repeated = new Map<string, string[]>();
  for (const [key, text] of parts.flatMap((part) => [...fieldsOf(what, part)])) {
    if (!fields.has(key)) fields.set(key, text);
    if (text === undefined) continue;
    const values = repeated.get(key);
    if (values === undefined) repeated.set(key, [text]);
    else values.push(text);
  }
  return new Row(what, fields, repeated);
}

function parsed(what: string, body: string): unknown {
  if (body.trim() === '') return '';
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw unreadable(what, 'is no JSON, or cut', body);
  }
}

function fieldsOf(what: string, item: unknown): Map<string, string | undefined> {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw unreadable(what, 'holds something that is no object', JSON.stringify(item) ?? '');
  const fields = new Map<string, string | undefined>();
  for (const [key, value] of Object.entries(item)) {
    // Numbers stand where older levels forgot the quotes; anything else would be guessed at, and is an error for who asks for it.
    if (typeof value === 'string') fields.set(key, value);
    else if (typeof value === 'number' && Number.isSafeInteger(value))
      fields.set(key, String(value));
    else if (typeof value !== 'object') fields.set(key, undefined);
  }
  if (fields.size === 0) throw unreadable(what, 'an object without fields', JSON.stringify(item));
  return fields;
}
