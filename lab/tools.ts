// Programs the lab needs that Debian does not bring: taken from the repository's own tools, else from the PATH.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './paths.js';

export function tool(name: string): string {
  const own = join(repository, '.tools', 'bin', name);
  return existsSync(own) ? own : name;
}
