// Rows of the array as domain values: which column becomes which field, and which spellings are legal. Column names: IBM command pages.
import type { ConsistencyGroup, FlashCopyMapping, GroupState } from '../../domain/mapping.js';
import { MAPPING_STATES } from '../../domain/mapping.js';
import type {
  ArrayHost,
  ArraySystem,
  HostMap,
  IoGroup,
  Pool,
  Relationship,
  VDisk,
} from '../../domain/vdisk.js';
import {
  SNAPSHOT_STATES,
  type ClonedVolume,
  type VolumeGroup,
  type VolumeGroupSnapshot,
} from '../../domain/snapshot.js';
import type { NewMapping } from '../array.js';
import type { Row } from './row.js';

const UID = /^[0-9A-Fa-f]{32}$/;
/** YYMMDDhhmmss, empty when never started. */
const TIME = /^(?:\d{12})?$/;
const GROUP_STATES: readonly GroupState[] = [...MAPPING_STATES, 'empty'];

const NONE: ReadonlySet<string> = new Set(['', '0', 'no', 'none']);

export const toVDisk = (row: Row): VDisk => ({
  id: row.filled('id'),
  name: row.filled('name'),
  uid: row.matching('vdisk_UID', UID).toUpperCase(),
  capacityBytes: row.integer('capacity'),
  status: row.oneOf('status', ['online', 'degraded', 'offline']),
  pool: row.text('mdisk_grp_name'),
  ioGroup: row.text('IO_group_name'),
  fcMapCount: row.integer('fc_map_count'),
  // replication_mode exists from 8.5 on (policy-based replication).
  replicated: row.text('RC_name') !== '' || !NONE.has(row.textOr('replication_mode', '')),
  ...(row.text('RC_name') === '' ? {} : { relationship: row.text('RC_name') }),
  ...(row.textOr('RC_change', 'no') === 'yes' ? { changeVolume: true as const } : {}),
  ...(NONE.has(row.textOr('snapshot_count', ''))
    ? {}
    : { snapshotCount: row.integer('snapshot_count') }),
  thin: row.textOr('se_copy_count', '0') !== '0',
});

export const toMapping = (row: Row): FlashCopyMapping => ({
  id: row.filled('id'),
  name: row.filled('name'),
  source: row.filled('source_vdisk_name'),
  target: row.filled('target_vdisk_name'),
  group: row.text('group_name'),
  state: row.oneOf('status', MAPPING_STATES),
  progressPercent: row.integer('progress', { max: 100 }),
  copyRate: row.integer('copy_rate', { max: 150 }),
  incremental: row.flag('incremental'),
  startTime: row.matching('start_time', TIME),
  replicationControlled: isSystems(row),
  restoring: row.flag('restoring'),
});

/** rc_controlled on all levels; the others where a level has them. */
const isSystems = (row: Row): boolean =>
  row.flag('rc_controlled') ||
  row.textOr('fc_controlled', 'no') === 'yes' ||
  row.textOr('is_snapshot', 'no') === 'yes';

/** The detailed view lacks nothing of the listing, and adds what is fixed for life. */
export const toDetailedMapping = (row: Row): FlashCopyMapping => ({
  ...toMapping(row),
  grainSize: row.oneOf('grain_size', ['64', '256']) === '64' ? 64 : 256,
  cleanRate: row.integer('clean_rate', { max: 150 }),
  ...(row.textOr('keep_target', 'no') === 'yes' ? { keepsTarget: true as const } : {}),
  ...(row.textOr('autodelete', 'off') === 'on' ? { autodelete: true as const } : {}),
});

/** The attributes a mapping was created with, from its detailed view. */
export const toNewMapping = (row: Row): NewMapping => ({
  name: row.filled('name'),
  source: row.filled('source_vdisk_name'),
  target: row.filled('target_vdisk_name'),
  group: row.text('group_name'),
  copyRate: row.integer('copy_rate', { max: 150 }),
  cleanRate: row.integer('clean_rate', { max: 150 }),
  incremental: row.flag('incremental'),
  grainSize: row.oneOf('grain_size', ['64', '256']) === '64' ? 64 : 256,
});

export const toGroup = (row: Row): ConsistencyGroup => ({
  id: row.filled('id'),
  name: row.filled('name'),
  state: row.oneOf('status', GROUP_STATES),
  // IBM's oldest examples list id, name and status only.
  startTime: row.textOr('start_time', '') === '' ? '' : row.matching('start_time', TIME),
});

/** The detailed view adds a pair of lines for each mapping of the group. */
export const toDetailedGroup = (row: Row): ConsistencyGroup => ({
  ...toGroup(row),
  members: row.all('FC_mapping_name'),
  ...(row.textOr('autodelete', 'off') === 'on' ? { autodelete: true as const } : {}),
});

export const toPool = (row: Row): Pool => ({
  name: row.filled('name'),
  freeBytes: row.integer('free_capacity'),
  ...physicalRoom(row),
  ...(row.textOr('status', 'online') === 'offline' ? { offline: true as const } : {}),
});

/** From 8.1 on; empty, or 0 of 0, where the level or the pool does not tell. */
function physicalRoom(row: Row): Pick<Pool, 'physicalFreeBytes'> {
  if (row.textOr('physical_free_capacity', '') === '') return {};
  if (NONE.has(row.textOr('physical_capacity', ''))) return {};
  const physicalFreeBytes = row.integer('physical_free_capacity');
  return physicalFreeBytes < row.integer('free_capacity') ? { physicalFreeBytes } : {};
}

/** Undefined when it is not about this volume of this system. */
export function toRelationship(
  row: Row,
  { volume, system }: { readonly volume: string; readonly system: string },
): Relationship | undefined {
  const sides = (['master', 'aux'] as const).filter(
    (side) =>
      row.text(`${side}_vdisk_name`) === volume && row.text(`${side}_cluster_name`) === system,
  );
  const [side] = sides;
  const primary = row.text('primary');
  const state = row.text('state');
  if (side === undefined) return undefined;
  // Without a primary (idling) both sides can be written.
  const role = primary === '' || primary === side ? 'primary' : 'secondary';
  return { volume, role, active: !/idling|stopped|disconnected/.test(state), state };
}

/** Of rows in listings: what tells whether they concern us. */
export const mappingNames = (row: Row) => ({
  id: row.text('id'),
  name: row.text('name'),
  source: row.text('source_vdisk_name'),
  target: row.text('target_vdisk_name'),
  group: row.text('group_name'),
});
export const names = (row: Row) => ({ id: row.text('id'), name: row.text('name') });
export const poolName = (row: Row) => ({ name: row.text('name') });
export const hostMapNames = (row: Row) => ({
  vdiskName: row.text('name'),
  hostName: row.text('host_name'),
});
export const hostMapOfHostNames = (row: Row) => ({
  vdiskName: row.text('vdisk_name'),
  hostName: row.text('name'),
});

export const toHost = (row: Row): ArrayHost => ({
  id: row.filled('id'),
  name: row.filled('name'),
  portCount: row.integer('port_count'),
});

export const toHostMap = (row: Row): HostMap => ({
  vdiskName: row.filled('name'),
  vdiskUid: row.matching('vdisk_UID', UID).toUpperCase(),
  hostName: row.filled('host_name'),
  scsiId: row.integer('SCSI_id'),
});

/** The same map as a host's listing tells it: id and name are the host's. */
export const toHostMapOfHost = (row: Row): HostMap => ({
  vdiskName: row.filled('vdisk_name'),
  vdiskUid: row.matching('vdisk_UID', UID).toUpperCase(),
  hostName: row.filled('name'),
  scsiId: row.integer('SCSI_id'),
});

/** The detailed view tells no members: they are listed apart. */
export const toVolumeGroup = (row: Row, volumes: readonly string[]): VolumeGroup => ({
  name: row.filled('name'),
  uid: row.textOr('uid', ''),
  volumes,
  fromSnapshot: row.textOr('source_snapshot', ''),
});

export const toSnapshot = (row: Row): VolumeGroupSnapshot => ({
  id: row.filled('id'),
  name: row.filled('name'),
  state: row.oneOf('state', SNAPSHOT_STATES),
  time: row.matching('time', TIME),
  expires: row.matching('expiration_time', TIME),
  // From 8.5.2 on.
  safeguarded: row.textOr('safeguarded', 'no') === 'yes',
  byPolicy: row.textOr('auto_snapshot', 'no') === 'yes',
});

export const toClonedVolume = (row: Row): ClonedVolume => ({
  name: row.filled('name'),
  uid: row.matching('vdisk_UID', UID).toUpperCase(),
  online: row.text('status') !== 'offline',
  source: row.textOr('source_volume_name', ''),
  snapshot: row.textOr('source_snapshot', ''),
});

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
};

/** Undefined where a level does not tell the bitmap memory. Its form has no `-bytes`: `19.5MB`. */
export function toIoGroup(row: Row): IoGroup | undefined {
  if (row.textOr('flash_copy_free_memory', '') === '') return undefined;
  const [, number = '', unit = ''] =
    /^([\d.]+)([KMGT]?B)$/.exec(
      row.matching('flash_copy_free_memory', /^\d+(?:\.\d+)?[KMGT]?B$/),
    ) ?? [];
  return {
    name: row.filled('name'),
    bitmapFreeBytes: Math.floor(Number(number) * (UNITS[unit] ?? 1)),
  };
}

export const toSystem = (row: Row): ArraySystem => ({
  id: row.filled('id'),
  name: row.filled('name'),
  codeLevel: row.filled('code_level'),
  // Levels without this line have no volume protection.
  vdiskProtection:
    row.textOr('vdisk_protection_enabled', 'no') === 'no'
      ? false
      : row.flag('vdisk_protection_enabled'),
});
