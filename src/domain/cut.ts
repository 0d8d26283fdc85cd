// Text made short enough for a Temporal server, which counts bytes of UTF-8 and ends a run that goes over.
// Promise kept here: never cut in the middle of a character, and what was left out is said.

/** Of UTF-8; a lone surrogate becomes the replacement character, three bytes. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** As it is when it fits, else cut and ended by `…`. */
export function cutText(text: string, most: number): string {
  if (bytesOf(text) <= most) return text;
  let [kept, bytes] = ['', bytesOf('…')];
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > most) break;
    kept += character;
  }
  return `${kept}…`;
}

/** As many items from the front as fit; where some are left out, `+63 more` comes last. */
export function cutList(
  items: readonly string[],
  fits: (list: readonly string[]) => boolean,
): readonly string[] {
  if (fits(items)) return items;
  const cutTo = (kept: number): string[] => [
    ...items.slice(0, kept),
    `+${items.length - kept} more`,
  ];
  let [least, most] = [0, items.length - 1];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(cutTo(middle))) least = middle;
    else most = middle - 1;
  }
  return cutTo(least);
}
