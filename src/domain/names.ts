// Names the array and the library agree on: what a name may hold, and how a run marks what is its own.
// Rules of the array: 63 characters, A-Z a-z 0-9 . - _ and space, not starting with a digit, '-', '.' or space (IBM Storage Virtualize, object names);
// groups: at most 15 characters, the limit IBM 9.1.3 states for them.
import { FlashCopyError } from './errors.js';
import { fnv1a64 } from './fnv.js';

const OBJECT_NAME = /^[A-Za-z_](?:[A-Za-z0-9._ -]{0,61}[A-Za-z0-9._-])?$/;
const GROUP_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,14}$/;
const SET_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
export const TOKEN_LENGTH = 6;

export const isObjectName = (name: string): boolean => OBJECT_NAME.test(name);
export const isGroupName = (name: string): boolean => GROUP_NAME.test(name);
/** A set is what is copied together, again and again: the `name` of a request. */
export const isSetName = (name: string): boolean => SET_NAME.test(name);

/** Throws INVALID_NAME for anything that must not become part of a command line. */
export function checkObjectName(name: string): string {
  if (isObjectName(name)) return name;
  throw new FlashCopyError({
    family: 'request',
    code: 'INVALID_NAME',
    message: `name = ${JSON.stringify(name)}: INVALID_NAME; use 1-63 of A-Z a-z 0-9 . - _ and inner spaces, starting with a letter or _`,
    details: { value: name },
  });
}

const PREFIX_LENGTH = 8;

/** The part of a group's name that stays: the set's name where it fits, else its beginning and a hash, so that no other set has the same. */
export function groupPrefix(setName: string): string {
  const plain = setName.replaceAll('-', '_');
  if (plain.length <= PREFIX_LENGTH && !setName.includes('-')) return `${plain}_`;
  const hash = BigInt(`0x${fnv1a64(setName)}`)
    .toString(36)
    .slice(-4);
  return `${plain.slice(0, PREFIX_LENGTH - hash.length)}${hash}_`;
}

/** The group's name for one run: prefix and token, so that a late command of a dead run finds no such group. */
export function buildGroupName(setName: string, token: string): string {
  return `${groupPrefix(setName)}${token.slice(0, TOKEN_LENGTH)}`;
}

/** The set of a run `<set>-<token>`: what a person asks for it by. */
export const setOfRun = (run: string): string => run.replace(/-[a-z][a-z0-9]{5}$/, '');

/** True for names that some run of this set gave. */
export function isGroupOfSet(groupName: string, setName: string): boolean {
  const prefix = groupPrefix(setName);
  return groupName.startsWith(prefix) && /^[a-z0-9]{6}$/.test(groupName.slice(prefix.length));
}

/** True for names that look as if a run gave them. Strangers may choose such a name too: what it is about decides, not its form alone. */
export const hasGroupForm = (groupName: string): boolean =>
  /^[A-Za-z][A-Za-z0-9_]{0,7}_[a-z][a-z0-9]{5}$/.test(groupName);

/** A mapping's name: `fc_<target VDisk>`; a VDisk is target of one mapping at most, so the name is free or ours. */
export const buildMappingName = (targetName: string): string => `fc_${targetName}`.slice(0, 63);

/**
 * A volume that a run makes carries the run's name until one of its mappings leads to it: whose it
 * is can be read on the array, whatever became of the run. `at`: its place in the plan's group.
 */
export const buildNewVolumeName = (groupName: string, at: number): string => `${groupName}_${at}`;

const NEW_VOLUME = /^(.+)_\d{1,3}$/;

/** True for such a name of any run of this set. */
export const isNewVolumeOfSet = (name: string, setName: string): boolean =>
  isGroupOfSet(NEW_VOLUME.exec(name)?.[1] ?? '', setName);
