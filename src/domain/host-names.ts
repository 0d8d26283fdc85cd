// Names on a host that may become words of a command line there. Whatever a shell, systemd or mountinfo reads in another way (blanks, quotes,
// $, %, \) is not among them: refused, never escaped.

const MOUNT_POINT = /^\/(?:[A-Za-z0-9._@:+,=-]+\/)*[A-Za-z0-9._@:+,=-]*$/;
const VOLUME_GROUP = /^[A-Za-z0-9_+.][A-Za-z0-9_+.-]{0,120}$/;
const DOTTED = /(?:^|\/)\.{1,2}(?:\/|$)/;

/** Absolute, normalised (no `.`, `..`, empty part or closing slash), at most 1024 characters. */
export const isMountPoint = (path: string): boolean =>
  path.length <= 1024 &&
  MOUNT_POINT.test(path) &&
  !DOTTED.test(path) &&
  (path === '/' || !path.endsWith('/'));

/** A name LVM accepts (lvm(8)), within what a command line may hold. */
export const isVolumeGroupName = (name: string): boolean =>
  VOLUME_GROUP.test(name) && name !== '.' && name !== '..';
