// Rows as arrays of several levels list them: what is in remote copy, what the system owns itself,
// and what a pool really has.
import { describe, expect, it } from 'vitest';
import {
  toDetailedMapping,
  toMapping,
  toPool,
  toRelationship,
  toVDisk,
} from '../../../src/array/svc/objects.js';
import { parseDetails, parseListing } from '../../../src/array/svc/table.js';
import { fcmapView, MAPPING_HEADER, mappingRow, VDISK_HEADER, vdiskRow } from './scripted-array.js';

/** The usual row with other values in some columns, and columns of newer levels behind it. */
function row(header: string, usual: string, change: Record<string, string>): string {
  const names = header.split('!');
  const values = new Map(usual.split('!').map((value, at) => [names[at] ?? '', value]));
  for (const [name, value] of Object.entries(change)) values.set(name, value);
  return `${[...values.keys()].join('!')}\n${[...values.values()].join('!')}\n`;
}

const vdisk = (change: Record<string, string>) =>
  parseListing('lsvdisk', row(VDISK_HEADER, vdiskRow('v'), change)).map(toVDisk)[0]!;

describe('a volume', () => {
  it('in several mappings and pools says many, and is a volume all the same', () => {
    const many = { FC_id: 'many', FC_name: 'many', mdisk_grp_id: 'many', mdisk_grp_name: 'many' };
    expect(vdisk({ ...many, fc_map_count: '3' })).toMatchObject({ pool: 'many', fcMapCount: 3 });
    expect(vdisk(many).replicated).toBe(false);
  });

  it('in remote copy names its relationship', () => {
    const found = vdisk({ RC_id: '7', RC_name: 'rcrel7' });
    expect(found).toMatchObject({ replicated: true, relationship: 'rcrel7' });
    expect(found).not.toHaveProperty('changeVolume');
    expect(vdisk({ RC_id: '7', RC_name: 'rcrel7', RC_change: 'yes' }).changeVolume).toBe(true);
  });

  it.each([
    ['', false],
    ['none', false],
    ['asynchronous', true],
  ])('with replication_mode "%s" is replicated by a policy: %s', (mode, replicated) => {
    expect(vdisk({ replication_mode: mode })).toMatchObject({ replicated });
    expect(vdisk({ replication_mode: mode })).not.toHaveProperty('relationship');
  });

  it('tells its snapshots from 8.5.1 on', () => {
    expect(vdisk({ snapshot_count: '2' }).snapshotCount).toBe(2);
    for (const none of [{ snapshot_count: '0' }, { snapshot_count: '' }, {}])
      expect(vdisk(none)).not.toHaveProperty('snapshotCount');
  });
});

describe('a mapping', () => {
  const mapping = (change: Record<string, string>) =>
    parseListing('lsfcmap', row(MAPPING_HEADER, mappingRow('m'), change)).map(toMapping)[0]!;

  it.each(['rc_controlled', 'fc_controlled', 'is_snapshot'])('with %s is not ours', (column) => {
    expect(mapping({ [column]: 'yes' }).replicationControlled).toBe(true);
    expect(mapping({ [column]: 'no' }).replicationControlled).toBe(false);
  });

  it('tells in its own view whether it goes, and whether it takes its source along', () => {
    const view = (change: Record<string, string>) =>
      toDetailedMapping(parseDetails('lsfcmap', fcmapView(change)));
    expect(view({ autodelete: 'on', keep_target: 'yes' })).toMatchObject({
      autodelete: true,
      keepsTarget: true,
    });
    expect(Object.keys(view({ keep_target: 'no' }))).not.toContain('keepsTarget');
    expect(Object.keys(view({}))).not.toContain('autodelete');
  });
});

describe('a pool', () => {
  const header = 'id!name!status!capacity!free_capacity';
  const pool = (change: Record<string, string>) =>
    parseListing('lsmdiskgrp', row(header, '0!p!online!1000!800', change)).map(toPool)[0]!;

  it('of data reduction has what is physically there', () => {
    const physical = { data_reduction: 'yes', physical_capacity: '500' };
    expect(pool({ ...physical, physical_free_capacity: '90' }).physicalFreeBytes).toBe(90);
    expect(pool({ ...physical, physical_free_capacity: '0' }).physicalFreeBytes).toBe(0);
  });

  it.each([
    ['does not tell', {}],
    ['tells nothing', { physical_capacity: '', physical_free_capacity: '' }],
    ['tells 0 of 0', { physical_capacity: '0', physical_free_capacity: '0' }],
    ['tells as much', { physical_capacity: '1000', physical_free_capacity: '800' }],
  ])('that %s has what it lists', (_, change) => {
    expect(pool(change)).toEqual({ name: 'p', freeBytes: 800 });
  });
});

describe('a relationship', () => {
  const side = (name: string): string[] =>
    ['cluster_id', 'cluster_name', 'vdisk_id', 'vdisk_name'].map((column) => `${name}_${column}`);
  const columns = ['id', 'name', ...side('master'), ...side('aux'), 'primary', 'state'].join('!');
  const related = (primary: string, state: string) =>
    parseListing('rc', `${columns}\n0!r!A!near!1!v!B!far!9!v!${primary}!${state}\n`)[0]!;

  it.each([
    {
      system: 'near',
      primary: 'master',
      state: 'consistent_synchronized',
      seen: 'primary, active',
    },
    {
      system: 'far',
      primary: 'master',
      state: 'consistent_synchronized',
      seen: 'secondary, active',
    },
    { system: 'near', primary: 'aux', state: 'consistent_copying', seen: 'secondary, active' },
    { system: 'near', primary: 'master', state: 'consistent_stopped', seen: 'primary, at rest' },
    { system: 'far', primary: '', state: 'idling', seen: 'primary, at rest' },
  ])('seen by $system with primary "$primary", $state: $seen', (one) => {
    const found = toRelationship(related(one.primary, one.state), {
      volume: 'v',
      system: one.system,
    });
    const seen = `${found?.role ?? ''}, ${found?.active === true ? 'active' : 'at rest'}`;
    expect({ seen, state: found?.state }).toEqual({ seen: one.seen, state: one.state });
  });

  it('of other volumes or systems tells nothing', () => {
    const of = related('master', 'idling');
    expect(toRelationship(of, { volume: 'w', system: 'near' })).toBeUndefined();
    expect(toRelationship(of, { volume: 'v', system: 'third' })).toBeUndefined();
  });
});
