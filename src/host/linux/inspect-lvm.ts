// Volume groups that touch the VDisks asked for: every PV (also those elsewhere: closure), every LV with what is on it.
import type { InspectedVolumeGroup } from '../../domain/inspection.js';
import { values, type Row } from './answer.js';
import { rowsOf, type Facts } from './facts.js';

interface PvRow {
  readonly number: string;
  readonly name: string;
  readonly uuid: string;
  readonly group: string;
  readonly groupUuid: string;
  readonly missing: boolean;
}

function parsePv(host: string, row: Row): PvRow {
  const [number = '', name = '', uuid = '', group = '', groupUuid = '', missing = ''] = values(
    host,
    row,
    6,
  );
  return { number, name, uuid, group, groupUuid, missing: missing !== '' || name.startsWith('[') };
}

export const lvPaths = (rows: readonly Row[]): Map<string, string> =>
  new Map(rows.filter((row) => row[0] === 'lv').map((row) => [row[6] ?? '', row[3] ?? '']));

export function otherVolumeGroups(facts: Facts): string[] {
  const ours = new Set(inspectVolumeGroups(facts).map(({ uuid }) => uuid));
  const others = rowsOf(facts, 'pv')
    .map((row) => parsePv(facts.host, row))
    .filter(({ groupUuid }) => groupUuid !== '' && !ours.has(groupUuid));
  return [...new Set(others.map(({ group }) => group))];
}

export function inspectVolumeGroups(facts: Facts): InspectedVolumeGroup[] {
  const all = rowsOf(facts, 'pv').map((row) => parsePv(facts.host, row));
  const concerned = new Map(
    all
      .filter(
        (pv) => pv.groupUuid !== '' && disksOf(facts, pv).some((disk) => facts.uids.has(disk)),
      )
      .map((pv) => [pv.groupUuid, pv.group]),
  );
  const disksIn = (group: string) =>
    all
      .filter((pv) => pv.groupUuid === group)
      .flatMap((pv) => disksOf(facts, pv).map((disk) => ({ disk, uuid: pv.uuid })));
  return [...concerned].map(([uuid, name]) => ({
    name,
    uuid,
    physicalVolumes: disksIn(uuid).map(({ disk }) => disk),
    pvUuids: disksIn(uuid).map((pv) => pv.uuid),
    logicalVolumes: rowsOf(facts, 'lv')
      .filter((row) => row[1] === name)
      .map((row) => inspectLv(facts, row)),
  }));
}

function disksOf(facts: Facts, pv: PvRow): string[] {
  if (pv.missing) return [`missing:${pv.uuid}`];
  const block = facts.stack.at(pv.number);
  return block === undefined ? [pv.name] : facts.stack.disks(block);
}

function inspectLv(facts: Facts, row: Row): InspectedVolumeGroup['logicalVolumes'][number] {
  const [, name = '', device = '', segmentType = '', active = '', number = ''] = values(
    facts.host,
    row,
    6,
  );
  const block = facts.stack.at(number);
  return {
    name,
    device,
    active: active === 'active',
    fsType: block?.type ?? '',
    uuid: block?.fsUuid ?? '',
    label: block?.label ?? '',
    segmentType,
  };
}
