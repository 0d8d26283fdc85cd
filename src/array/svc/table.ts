// The CLI's two output forms, read by header. Promise: what is cut, ragged or missing throws UNREADABLE_OUTPUT.
import { DELIMITER } from './command.js';
import { Row, unreadable } from './row.js';

/** A listing: header line, then one line per object. Nothing at all means no objects; a header alone is no answer. */
export function parseListing(what: string, text: string): Row[] {
  const [header, ...lines] = completeLines(what, text);
  if (header === undefined) return [];
  const columns = header.split(DELIMITER);
  if (columns.length < 2 || columns.some((column) => !/^[A-Za-z][A-Za-z0-9_ ]*$/.test(column)))
    throw unreadable(what, 'the first line is no header', text);
  if (new Set(columns).size !== columns.length)
    throw unreadable(what, 'a column stands twice in the header', header);
  if (lines.length === 0) throw unreadable(what, 'a header without rows', text);
  return lines.map((line) => {
    const cells = line.split(DELIMITER);
    if (cells.length !== columns.length)
      throw unreadable(
        what,
        `a row has ${cells.length} fields, the header ${columns.length}`,
        line,
      );
    return new Row(what, new Map(columns.map((column, i) => [column, cells[i] ?? ''])));
  });
}

/** A detailed view: one `key!value` line each. Blocks repeat their keys (volume copies, group members): the object's own come first and count. */
export function parseDetails(what: string, text: string): Row {
  const lines = completeLines(what, text).filter((line) => line !== '');
  if (lines.length === 0) throw unreadable(what, 'no output', text);
  return detailsOf(what, lines);
}

/** The complete lines of a view whose end may be lost. */
export function parsePartialDetails(what: string, text: string): Row {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return detailsOf(
    what,
    lines.filter((line) => line !== ''),
  );
}

function detailsOf(what: string, lines: readonly string[]): Row {
  const fields = new Map<string, string>();
  const repeated = new Map<string, string[]>();
  for (const line of lines) {
    const cut = line.indexOf(DELIMITER);
    if (cut < 1) throw unreadable(what, 'a line without a name', line);
    const key = line.slice(0, cut);
    const value = line.slice(cut + 1);
    if (!fields.has(key)) fields.set(key, value);
    const values = repeated.get(key);
    if (values === undefined) repeated.set(key, [value]);
    else values.push(value);
  }
  return new Row(what, fields, repeated);
}

/** The last line must be ended: an output cut in the middle of its last value would read like a value. */
function completeLines(what: string, text: string): string[] {
  if (text === '') return [];
  if (!text.endsWith('\n')) throw unreadable(what, 'the last line is cut', text.slice(-200));
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
}
