// A REST request as the words of a command: `/rest/v1/lsvdisk/vol1` with `{"bytes":true}` is `lsvdisk -bytes vol1`.

/** Thrown for what is no JSON object. */
export class BadBody extends Error {}

/** `null`, nothing and `{}` are no parameters; a parameter that is null or false was not given. Throws BadBody. */
export function wordsOf(path: readonly string[], body: string): string[] {
  const [command = '', ...objects] = path;
  const words = [command];
  for (const [name, value] of Object.entries(parametersOf(body))) {
    if (value === null || value === false) continue;
    if (value === true) words.push(`-${name}`);
    else if (typeof value === 'string' || typeof value === 'number')
      words.push(`-${name}`, String(value));
    else throw new BadBody(`${name} is neither text, number nor true`);
  }
  return [...words, ...objects];
}

function parametersOf(body: string): Record<string, unknown> {
  if (body.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new BadBody('the body is no JSON');
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new BadBody('the body is no JSON object');
  return value as Record<string, unknown>;
}

/** The parts behind `/rest/v1/` or `/rest/`, unquoted; undefined for any other path. */
export function commandPath(url: string): string[] | undefined {
  const [, rest] = /^\/rest(?:\/v1)?\/([^?#]+)/.exec(url) ?? [];
  if (rest === undefined) return undefined;
  try {
    return rest
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
