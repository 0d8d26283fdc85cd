// One line for people: what is copied, from whom, to whom. The Temporal UI, the current details and the command line say it alike.
import type { FlashCopyRequest } from './request.js';

export function aboutRequest({ name, groups, sources, targets }: FlashCopyRequest): string {
  const volumes = groups.reduce((sum, group) => sum + group.volumes.length, 0);
  const arrays = groups.map(({ array }) => array).join(', ');
  const from = sources.map(({ host, method }) => `${host} (${method})`).join(', ');
  const to = targets.map(({ host }) => host).join(', ');
  return `${name}: ${volumes} ${volumes === 1 ? 'volume' : 'volumes'} on ${arrays}, from ${from || 'no source host'}, to ${to || 'no target host'}`;
}
