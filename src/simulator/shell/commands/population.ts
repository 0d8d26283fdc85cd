// Volumes made from a snapshot: clones, which become independent, and thin clones, which read through the snapshot for ever.
import { start } from '../../flashcopy/lifecycle.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { reaches } from '../../model/profile.js';
import type { Snapshot, SnapshotMember, VolumeGroup } from '../../model/snapshot.js';
import type { Pool, Thin, Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { named } from '../command.js';
import { checkIoGroup } from './nodes.js';
import { snapshotById } from './snapshot-lookup.js';
import { systemMapping } from '../../flashcopy/system-mappings.js';
import { createVolume } from '../../flashcopy/volume-creation.js';

export interface Population {
  readonly kind: 'clone' | 'thinclone';
  readonly pool?: Pool;
  readonly group?: VolumeGroup;
  /** For a single volume. */
  readonly name?: string;
}

const THIN: Thin = {
  realBytes: 0,
  autoexpand: true,
  grainKiB: 256,
  warningPercent: 80,
  compressed: false,
  deduplicated: false,
};

/** All at one instant; the volumes can be used at once. */
export async function populate(
  machine: Machine,
  from: { readonly snapshot: Snapshot; readonly members: readonly SnapshotMember[] },
  how: Population,
): Promise<Volume[]> {
  const { state } = machine;
  const made: Volume[] = [];
  for (const { volumeName, image } of from.members) {
    const source = state.volume(image);
    const pool = how.pool ?? state.pools.byId(source.pool);
    if (!pool) throw refuse('CMMVC6033E', volumeName);
    made.push(
      await createVolume(machine, {
        ...{
          name: how.name,
          pool,
          bytes: source.capacityBytes,
          thin: { ...THIN },
          noRoom: 'CMMVC8710E',
        },
        ...(how.group === undefined ? {} : { group: how.group.id }),
        origin: { kind: how.kind, volume: volumeName, snapshot: from.snapshot.name },
      }),
    );
  }
  const mappings = made.map((target, at) => {
    const source = state.volume(from.members[at]?.image ?? -1);
    return systemMapping(machine, { source, target, owner: how.kind });
  });
  await start(machine, mappings);
  return made;
}

/** `mkvolume -type clone|thinclone -fromsnapshotid ID [-fromsourcevolume V]`. */
export async function volumeFromSnapshot(machine: Machine, args: Arguments): Promise<string> {
  if (!reaches(machine.profile, '8.5.1')) throw refuse('CMMVC5709E', '-type');
  const kind = args.choice('type', ['clone', 'thinclone']) ?? 'clone';
  checkIoGroup(machine, args.value('iogrp'));
  const snapshot = snapshotById(machine, args.required('fromsnapshotid'));
  const wanted = args.value('fromsourcevolume');
  const members = snapshot.members.filter(({ volume, volumeName }) =>
    [undefined, volumeName, String(volume)].includes(wanted),
  );
  if (members.length !== 1)
    throw refuse(wanted === undefined ? 'CMMVC5707E' : 'CMMVC5804E', '-fromsourcevolume');
  const [name, pool, group] = [args.value('name'), args.value('pool'), args.value('volumegroup')];
  const [volume] = await populate(
    machine,
    { snapshot, members },
    {
      kind,
      ...(name === undefined ? {} : { name }),
      ...(pool === undefined ? {} : { pool: named(machine.state.pools, pool) }),
      ...(group === undefined ? {} : { group: named(machine.state.volumeGroups, group) }),
    },
  );
  return `Volume, id [${volume?.id ?? ''}], successfully created\n`;
}
