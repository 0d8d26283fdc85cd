// The whole array at a glance, for people: groups, mappings, volumes that matter, snapshots, faults still armed.
import { freeBytes } from './flashcopy/room.js';
import { progressPercent } from './shell/commands/mapping-views.js';
import { volumeOffline } from './shell/commands/volume-lookup.js';
import { snapshotState } from './flashcopy/snapshot-images.js';
import { arrayTime } from './model/array-time.js';
import { groupState } from './model/legality.js';
import { bitmapBytes } from './model/bitmap.js';
import { policyById } from './model/snapshot-policy.js';
import type { Machine } from './machine.js';

type Cells = readonly string[];
const MAX_ROWS = 100;

export function stateTable(machine: Machine): string {
  const { state, profile, clock } = machine;
  const { protection, flashBitmapMiB, flashCopyLicensed, configNode } = state.settings;
  const facts = [
    `system ${state.name}, code level ${profile.codeLevel}, ${new Date(clock.now()).toISOString()}, configuration node ${configNode}`,
    `FlashCopy ${flashCopyLicensed ? 'licensed' : 'NOT LICENSED'}, bitmaps ${bitmapBytes(state)} of ${flashBitmapMiB * 2 ** 20} bytes, volume protection ${protection.enabled ? `on (${protection.minutes} min)` : 'off'}`,
  ];
  const parts = [
    section(
      'pool',
      ['capacity', 'free'],
      state.pools.map((pool) => [
        pool.name,
        mib(pool.capacityBytes),
        mib(freeBytes(machine, pool)),
      ]),
    ),
    section(
      'consistency group',
      ['state', 'started'],
      state.groups.map((group) => [group.name, groupState(state, group), group.startTime]),
    ),
    section(
      'mapping',
      ['source', 'target', 'group', 'state', 'percent', 'rate', 'started'],
      mappings(machine),
    ),
    section('volume', ['size', 'thin', 'state', 'hosts'], volumes(machine)),
    section(
      'snapshot',
      ['of', 'taken', 'state'],
      state.snapshots.map((snapshot) => [
        snapshot.name,
        snapshot.groupName,
        snapshot.time,
        snapshotState(machine, snapshot),
      ]),
    ),
    section('policy of', ['policy', 'next snapshot', 'suspended'], policies(machine)),
    section(
      'fault on',
      ['when', 'left'],
      machine.faults
        .list()
        .map(({ fault, left }) => [fault.on, fault.when ?? 'before', String(left)]),
    ),
  ];
  return `${[...facts, ...parts.filter((part) => part !== '')].join('\n')}\n`;
}

function policies({ state }: Machine): Cells[] {
  const all = state.settings.snapshotPoliciesSuspended;
  return state.volumeGroups.flatMap(({ name, policy }) =>
    policy === undefined
      ? []
      : [
          [
            name,
            policyById(state, policy.policy)?.name ?? '',
            arrayTime(policy.dueMs),
            all || policy.suspended ? 'yes' : 'no',
          ],
        ],
  );
}

function mappings({ state }: Machine): Cells[] {
  return state.mappings.map((mapping) => [
    mapping.name,
    state.volume(mapping.source).name,
    state.volume(mapping.target).name,
    state.groups.byId(mapping.group)?.name ?? '',
    mapping.state,
    String(progressPercent(mapping)),
    String(mapping.copyRate),
    mapping.startTime,
  ]);
}

function volumes(machine: Machine): Cells[] {
  const hosts = new Map<number, string[]>();
  for (const { volume, host } of machine.state.hostMaps)
    hosts.set(volume, [...(hosts.get(volume) ?? []), machine.state.hosts.byId(host)?.name ?? '']);
  return machine.state.volumes
    .filter(({ hidden }) => hidden !== true)
    .map((volume) => [
      volume.name,
      mib(volume.capacityBytes),
      volume.thin ? `${mib(machine.engine.usedBytes(volume))} used` : 'no',
      volumeOffline(machine, volume)
        ? `OFFLINE${volume.offline === undefined ? '' : ` (${volume.offline})`}`
        : 'online',
      (hosts.get(volume.id) ?? []).join(','),
    ]);
}

/** Headed, aligned; '' without rows; no more than a hundred of them. */
function section(title: string, columns: Cells, rows: readonly Cells[]): string {
  if (rows.length === 0) return '';
  const table = [[title, ...columns], ...rows.slice(0, MAX_ROWS)];
  const widths =
    table[0]?.map((_, at) => Math.max(...table.map((cells) => (cells[at] ?? '').length))) ?? [];
  const lines = table.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const more = rows.length > MAX_ROWS ? [`and ${rows.length - MAX_ROWS} more`] : [];
  return ['', ...lines, ...more].join('\n');
}

const mib = (bytes: number): string => `${Math.round((bytes / 2 ** 20) * 100) / 100} MiB`;
