// From the agent's rows of facts to a HostInspection: what stands on the VDisks asked for, who mounts it, who else uses it.
import type {
  HostInspection,
  InspectedDisk,
  InspectedFileSystem,
  InspectedVolumeGroup,
} from '../../domain/inspection.js';
import type { InspectOrder } from '../host.js';
import type { Row } from './answer.js';
import { BlockStack, stableName } from './block-stack.js';
import { isConcerned, rowsOf, type Facts } from './facts.js';
import { inspectFileSystems, takenMountPoints } from './inspect-mounts.js';
import { inspectVolumeGroups, lvPaths, otherVolumeGroups } from './inspect-lvm.js';

/** Signatures that fileSystems and volumeGroups speak of; any other one is a use of its own. */
const SPOKEN_OF = new Set(['', 'LVM2_member', 'xfs', 'ext2', 'ext3', 'ext4']);
/** They look at every disk and use none. */
const ONLOOKERS = /^(?:multipathd|iscsid|\(?udev|systemd-udevd|lvm|dmeventd|blkid|fc-holder)/;

export function readInspection(
  host: string,
  order: InspectOrder,
  rows: readonly Row[],
): HostInspection {
  const stack = new BlockStack(host, rows);
  const uids = new Set(order.uids.map((uid) => uid.toUpperCase()));
  const facts: Facts = { host, order, rows, stack, lvPaths: lvPaths(rows), uids };
  const fileSystems: InspectedFileSystem[] = inspectFileSystems(facts);
  const volumeGroups: InspectedVolumeGroup[] = inspectVolumeGroups(facts);
  return {
    host,
    privileged: true,
    missingTools: rowsOf(facts, 'missing').map((row) => row[1] ?? ''),
    disks: [...uids].map((uid) => inspectDisk(stack, uid)),
    fileSystems,
    volumeGroups,
    otherVolumeGroups: otherVolumeGroups(facts),
    otherUses: otherUses(facts),
    unknownUnits: rowsOf(facts, 'unknown-unit').map((row) => row[1] ?? ''),
    mountPoints: takenMountPoints(facts),
    heldBy: heldBy(facts),
  };
}

/** What is answered for a host on which we may not look. */
export const unprivileged = (host: string): HostInspection => ({
  host,
  privileged: false,
  missingTools: [],
  disks: [],
  fileSystems: [],
  volumeGroups: [],
  otherUses: [],
  unknownUnits: [],
  mountPoints: [],
  heldBy: '',
});

function inspectDisk(stack: BlockStack, uid: string): InspectedDisk {
  const found = stack.ofUid(uid);
  if (found === undefined) return { uid, device: '', paths: 0, sizeBytes: 0 };
  return {
    uid,
    device: stableName(found.block, undefined),
    paths: found.paths,
    sizeBytes: found.block.sizeBytes,
  };
}

function otherUses(facts: Facts): { disk: string; use: string }[] {
  const { stack } = facts;
  const signatures = stack.blocks
    .filter((block) => stack.isUsable(block) && !SPOKEN_OF.has(block.type))
    .map((block) => ({ block, use: block.type }));
  const swaps = rowsOf(facts, 'swap').map((row) => ({
    block: stack.at(row[1] ?? ''),
    use: 'swap',
  }));
  const opens = rowsOf(facts, 'open')
    .filter((row) => !ONLOOKERS.test(row[3] ?? ''))
    .map((row) => ({ block: stack.at(row[1] ?? ''), use: `open by ${row[2]} (${row[3]})` }));
  const uses = [...signatures, ...swaps, ...opens].flatMap(({ block, use }) =>
    block === undefined ? [] : stack.disks(block).map((disk) => ({ disk, use })),
  );
  const seen = new Map(
    uses.filter(({ disk }) => facts.uids.has(disk)).map((use) => [`${use.disk} ${use.use}`, use]),
  );
  return [...seen.values()];
}

/** Locks name the file system's device: only those on our disks concern us. */
function heldBy(facts: Facts): string {
  for (const [, number = '', run = ''] of rowsOf(facts, 'lock')) {
    const block = facts.stack.at(number);
    if (block !== undefined && isConcerned(facts, block)) return run;
  }
  return '';
}
