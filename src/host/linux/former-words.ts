// What production had, as words of the agent: given back where a word can say it; what cannot be said is compared at the end all the same.
import type { PlannedFileSystem, PlannedVolumeGroup } from '../../domain/plan.js';
import { checked } from './words.js';

export const formerGroup = (run: string, group: PlannedVolumeGroup): string[] => [
  'former-group',
  run,
  checked('group', group.name),
  checked('uuid', group.sourceUuid),
  ...group.disks.flatMap((uid, at) => [
    ...['disk', checked('uid', uid)],
    ...['pv', checked('uuid', group.pvUuids?.[at] ?? '')],
  ]),
];

/** Labels of these letters alone are given back. */
const PLAIN_LABEL = /^(?:[A-Za-z0-9._][A-Za-z0-9._-]{0,15})?$/;

export const formerFileSystem = (run: string, fs: PlannedFileSystem): string[] => [
  'former-file-system',
  run,
  checked('fsType', fs.fsType),
  checked('uuid', fs.sourceUuid),
  checked('device', fs.device),
  ...(fs.label !== undefined && PLAIN_LABEL.test(fs.label) ? [fs.label] : []),
];

/** `ro` or `rw`, and with it what the mount of production had. What this host's security module adds is no option. */
export function mountOptions({ readOnly, options }: PlannedFileSystem): string {
  const access = readOnly ? 'ro' : 'rw';
  if (options === undefined) return access;
  const more = options
    .split(',')
    .filter((option) => /^[A-Za-z0-9][A-Za-z0-9=._-]*$/.test(option))
    .filter((option) => !['ro', 'rw', 'seclabel'].includes(option));
  return checked('options', [access, ...more].join(','));
}
