// The system itself: lssystem, chsystem, licence, capabilities, the users who ask, plug-ins that register.
import { arrayTime } from '../../model/array-time.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { reaches } from '../../model/profile.js';
import type { Arguments } from '../arguments.js';
import { change, listing, type Commands } from '../command.js';
import { capacity, concise, detailed, type Attribute } from '../view.js';
import { POLICIES_SINCE } from './policy-assignment.js';
import { freeBytes } from '../../flashcopy/room.js';

function system(machine: Machine, args: Arguments): Attribute[] {
  const { state, profile, network } = machine;
  const total = state.pools.reduce((sum, { capacityBytes }) => sum + capacityBytes, 0);
  const free = state.pools.reduce((sum, pool) => sum + freeBytes(machine, pool), 0);
  const { enabled, minutes } = state.settings.protection;
  return [
    ['id', state.id],
    ['name', state.name],
    ['location', 'local'],
    ['partnership', ''],
    ['total_mdisk_capacity', capacity(total, args)],
    ['space_in_mdisk_grps', capacity(total, args)],
    ['space_allocated_to_vdisks', capacity(total - free, args)],
    ['total_free_space', capacity(free, args)],
    ['statistics_status', 'on'],
    ['statistics_frequency', '15'],
    ['cluster_locale', 'en_US'],
    ['time_zone', '522 UTC'],
    ['code_level', `${profile.codeLevel} (build 169.8.2211211556000)`],
    ['console_IP', `${network.managementAddresses[0] ?? ''}:443`],
    ['id_alias', state.id],
    ['cluster_ntp_IP_address', ''],
    ['layer', 'replication'],
    ['topology', 'standard'],
    ['topology_status', ''],
    ['vdisk_protection_time', String(minutes)],
    ['vdisk_protection_enabled', enabled ? 'yes' : 'no'],
    ...(reaches(profile, POLICIES_SINCE)
      ? [
          [
            'snapshot_policy_suspended',
            state.settings.snapshotPoliciesSuspended ? 'yes' : 'no',
          ] as const,
        ]
      : []),
    ['product_name', 'IBM SAN Volume Controller'],
  ];
}

function chsystem({ state, profile }: Machine, args: Arguments): string {
  const { protection } = state.settings;
  const minutes = args.integer('vdiskprotectiontime', { min: 15, max: 1440 });
  const enabled = args.choice('vdiskprotectionenabled', ['yes', 'no']);
  const suspended = args.choice('snapshotpolicysuspended', ['yes', 'no']);
  if (suspended !== undefined && !reaches(profile, POLICIES_SINCE))
    throw refuse('CMMVC5709E', '-snapshotpolicysuspended');
  if (minutes === undefined && enabled === undefined && suspended === undefined)
    throw refuse('CMMVC5707E');
  if (minutes !== undefined) protection.minutes = minutes;
  if (enabled !== undefined) protection.enabled = enabled === 'yes';
  if (suspended !== undefined) state.settings.snapshotPoliciesSuspended = suspended === 'yes';
  return '';
}

const licence = (machine: Machine): Attribute[] => [
  ['used_flash', '0.00'],
  ['used_remote', '0.00'],
  ['used_virtualization', '0.00'],
  ['license_flash', machine.state.settings.flashCopyLicensed ? '100' : '0'],
  ['license_remote', '0'],
  ['license_virtualization', '100'],
  ['license_physical_disks', '0'],
  ['license_physical_flash', machine.state.settings.flashCopyLicensed ? 'on' : 'off'],
  ['license_physical_remote', 'off'],
  ['used_compression_capacity', '0.00'],
  ['license_compression_capacity', '100'],
  ['license_compression_enclosures', '0'],
  ['license_easy_tier', '0'],
];

/** Off is a fault on demand that an administrator makes. */
function chlicense({ state }: Machine, args: Arguments): string {
  const text = args.required('flash');
  if (!/^(on|off|\d+)$/.test(text)) throw refuse('CMMVC5767E', '-flash');
  state.settings.flashCopyLicensed = text !== 'off' && text !== '0';
  return '';
}

const systemListing = listing((machine, args) => detailed(args, system(machine, args)), 'optional');

export const systemCommands: Commands = {
  lssystem: systemListing,
  lscluster: listing((machine, args) => {
    if (args.object !== undefined) return detailed(args, system(machine, args));
    const row = Object.fromEntries(system(machine, args));
    return concise(args, ['id', 'name', 'location', 'partnership', 'id_alias'], [row]);
  }, 'optional'),
  chsystem: change(
    { values: ['vdiskprotectiontime', 'vdiskprotectionenabled', 'snapshotpolicysuspended'] },
    chsystem,
  ),
  lssystemstats: listing((machine, args) => {
    const time = arrayTime(machine.clock.now());
    const names = [
      'cpu_pc',
      'vdisk_r_mb',
      'vdisk_w_mb',
      'vdisk_io',
      'fc_mb',
      'iscsi_mb',
      'write_cache_pc',
    ];
    const rows = names.map((stat_name) => ({
      stat_name,
      stat_current: '0',
      stat_peak: '0',
      stat_peak_time: time,
    }));
    return concise(args, ['stat_name', 'stat_current', 'stat_peak', 'stat_peak_time'], rows);
  }),
  lslicense: listing((machine, args) => detailed(args, licence(machine))),
  chlicense: change({ values: ['flash'] }, chlicense),
  lsguicapabilities: listing((_machine, args) =>
    detailed(args, [
      ['license_scheme', 'flex'],
      ['product_key', 'SVC'],
    ]),
  ),
  lssecurity: listing((_machine, args) =>
    detailed(args, [
      ['sslprotocol', '3'],
      ['sshprotocol', '3'],
      ['gui_timeout_mins', '30'],
      ['cli_timeout_mins', '15'],
      ['restapi_timeout_mins', '60'],
    ]),
  ),
  lscloudcallhome: listing((_machine, args) => detailed(args, [['status', 'disabled']])),
  registerplugin: change(
    { values: ['name', 'uniquekey', 'version', 'metadata'] },
    (_machine, args) => {
      args.required('name');
      args.required('uniquekey');
      return '';
    },
  ),
};
