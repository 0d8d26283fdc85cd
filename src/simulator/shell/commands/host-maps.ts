// Who may reach which volume: mkvdiskhostmap, rmvdiskhostmap and the two views. When rmvdiskhostmap answers, the host's I/O fails already.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { drop, type HostMap } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { change, listing, must, named, shown, type Commands } from '../command.js';
import { concise, withoutObject, type Row } from '../view.js';
import { IO_GROUP, ioGroupName } from './nodes.js';
import { checkProtected } from './protection.js';
import { findVolume } from './volume-lookup.js';

const MAX_SCSI_ID = 2047;
const TAIL = [
  'IO_group_id',
  'IO_group_name',
  'mapping_type',
  'host_cluster_id',
  'host_cluster_name',
  'protocol',
];
const BY_VOLUME = ['id', 'name', 'SCSI_id', 'host_id', 'host_name', 'vdisk_UID', ...TAIL];
const BY_HOST = ['id', 'name', 'SCSI_id', 'vdisk_id', 'vdisk_name', 'vdisk_UID', ...TAIL];

async function mkvdiskhostmap(machine: Machine, args: Arguments): Promise<string> {
  const { state } = machine;
  const host = named(state.hosts, args.required('host'));
  const volume = volumeNamed(machine, args.target());
  if (!(host.ioGroups ?? [IO_GROUP]).includes(IO_GROUP)) throw refuse('CMMVC5729E', host.name);
  if (state.hostMaps.some((map) => map.volume === volume.id && map.host === host.id))
    throw refuse('CMMVC5878E');
  if (!args.has('force') && state.hostMaps.some((map) => map.volume === volume.id))
    throw refuse('CMMVC6071E');
  const taken = new Set(
    state.hostMaps.filter((map) => map.host === host.id).map(({ scsiId }) => scsiId),
  );
  let scsiId = args.integer('scsi', { min: 0, max: MAX_SCSI_ID });
  if (scsiId !== undefined && taken.has(scsiId)) throw refuse('CMMVC5879E');
  if (scsiId === undefined) for (scsiId = 0; taken.has(scsiId);) scsiId++;
  await machine.reach.map(volume, host);
  state.hostMaps.push({ volume: volume.id, host: host.id, scsiId });
  return `Virtual Disk to Host map, id [${scsiId}], successfully created\n`;
}

async function rmvdiskhostmap(machine: Machine, args: Arguments): Promise<string> {
  const host = named(machine.state.hosts, args.required('host'));
  const volume = volumeNamed(machine, args.target());
  const map = machine.state.hostMaps.find(
    (candidate) => candidate.volume === volume.id && candidate.host === host.id,
  );
  if (!map) throw refuse('CMMVC5842E');
  checkProtected(machine, volume);
  await machine.reach.unmap(volume, host);
  drop(machine.state.hostMaps, (other) => other === map);
  return '';
}

function volumeNamed(machine: Machine, reference: string): ReturnType<Machine['state']['volume']> {
  const volume = findVolume(machine, reference);
  if (!volume) throw refuse('CMMVC5804E', reference);
  return volume;
}

/** Both views have the volume's and the host's columns; `id` and `name` are those of the object asked for. */
function row(machine: Machine, map: HostMap, subject: 'volume' | 'host'): Row {
  const { state } = machine;
  const volume = state.volume(map.volume);
  const host = state.hosts.byId(map.host);
  const [id, name] = subject === 'volume' ? [volume.id, volume.name] : [map.host, host?.name ?? ''];
  return {
    id: String(id),
    name,
    SCSI_id: String(map.scsiId),
    host_id: String(map.host),
    host_name: host?.name ?? '',
    vdisk_id: String(volume.id),
    vdisk_name: volume.name,
    vdisk_UID: volume.uid,
    IO_group_id: String(IO_GROUP),
    IO_group_name: ioGroupName(machine),
    mapping_type: 'private',
    protocol: 'scsi',
  };
}

const rmvdiskhostmapCommand = change(
  { values: ['host'], switches: ['force'], object: 'required' },
  rmvdiskhostmap,
);

export const hostMapCommands: Commands = {
  mkvdiskhostmap: change(
    { values: ['host', 'scsi'], switches: ['force'], object: 'required' },
    mkvdiskhostmap,
  ),
  rmvdiskhostmap: { ...rmvdiskhostmapCommand, objectName: 'vdisk_id' },
  lsvdiskhostmap: {
    ...listing((machine, args) => {
      const volume = must(findVolume(machine, args.target()), 'CMMVC5754E', args.target());
      const maps = machine.state.hostMaps.filter((map) => map.volume === volume.id);
      return concise(
        withoutObject(args),
        BY_VOLUME,
        maps.map((map) => row(machine, map, 'volume')),
      );
    }, 'required'),
    objectName: 'vdisk_name',
  },
  lshostvdiskmap: {
    ...listing((machine, args) => {
      const host = args.object === undefined ? undefined : shown(machine.state.hosts, args.object);
      const maps = machine.state.hostMaps.filter(
        (map) => host === undefined || map.host === host.id,
      );
      return concise(
        withoutObject(args),
        BY_HOST,
        maps.map((map) => row(machine, map, 'host')),
      );
    }, 'optional'),
    objectName: 'host',
  },
};
