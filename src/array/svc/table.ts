// The CLI's two output forms, read by header. Promise: what is cut, ragged or missing throws UNREADABLE_OUTPUT.
import { withoutNotices } from './codes.js';
import { DELIMITER } from './command.js';
import { Row, unreadable } from './row.js';

/**
 * A listing: header line, then one line per object. Nothing at all means no objects; a header alone is no answer.
 * `banner`: what this system is known to print before each answer. A banner of any text may stand before the header;
 * alone, it counts as no objects only when it is that one.
 */
export function parseListing(what: string, text: string, banner = ''): Row[] {
  const all = completeLines(what, text);
  if (all.length === 0 || `${all.join('\n')}\n` === banner) return [];
  const at = all.findIndex((line) => line.includes(DELIMITER) && isHeader(line));
  const [header, ...lines] = at < 0 ? [] : all.slice(at);
  if (header === undefined || all.slice(0, at).some(isLikeRow))
    throw unreadable(what, 'the first line is no header', text);
  const columns = header.split(DELIMITER);
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

const isHeader = (line: string): boolean =>
  line.split(DELIMITER).every((column) => /^[A-Za-z][A-Za-z0-9_ ]*$/.test(column));
const isLikeRow = (line: string): boolean => line.split(DELIMITER).length > 2;

/** What stands before the lines of a view. */
export function bannerOf(what: string, view: string): string {
  const lines = completeLines(what, view);
  // A view that is none shows no banner either.
  const before = lines.slice(0, Math.max(0, firstOfView(lines)));
  return before.map((line) => `${line}\n`).join('');
}

/** Every view begins with the id; a word of a banner may look like a name. */
function firstOfView(lines: readonly string[]): number {
  const id = lines.findIndex((line) => line.startsWith(`id${DELIMITER}`));
  return id >= 0 ? id : lines.findIndex((line) => /^[A-Za-z]\w*!/.test(line));
}

/** No header, no row: a banner, perhaps. */
export const isProse = (text: string): boolean => text !== '' && !text.split('\n').some(isLikeRow);

/** A detailed view: one `key!value` line each. Blocks repeat their keys (volume copies, group members): the object's own come first and count. */
export function parseDetails(what: string, text: string): Row {
  const all = completeLines(what, text);
  const at = firstOfView(all);
  if (at < 0) throw unreadable(what, 'no output', text);
  return detailsOf(
    what,
    all.slice(at).filter((line) => line !== ''),
  );
}

/** The complete lines of a view whose end may be lost. */
export function parsePartialDetails(what: string, text: string): Row {
  const lines = withoutNotices(text.slice(0, text.lastIndexOf('\n') + 1)).split('\n');
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
function completeLines(what: string, whole: string): string[] {
  const text = withoutNotices(whole);
  if (text === '') return [];
  if (!text.endsWith('\n')) throw unreadable(what, 'the last line is cut', text.slice(-200));
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
}
