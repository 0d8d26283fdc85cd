// Every start that takes a point in time, as the array's commands: what is read right before it, in the same breath, and what the reads mean.
import { checkObjectName } from '../../domain/names.js';
import type { SnapshotStart, SnapshotToAdd, SnapshotToRestore } from '../array.js';
import { list, show, type SvcCommand } from './command.js';
import { toGroup, toSnapshot } from './objects.js';
import type { Row } from './row.js';

export interface StartOrder {
  /** A listing that comes first, if any: it prints nothing when there is nothing. */
  readonly list?: SvcCommand;
  /** A detailed view: once it was read, the listing before it was complete. */
  readonly show?: SvcCommand;
  readonly start: SvcCommand;
  /** Success names what was made: an answer without an id proves nothing. */
  readonly tellsId?: true;
  /** May throw: then nothing is known. */
  stateOf(listed: readonly Row[], shown: Row | undefined): string;
}

/** Group prepared before. Never with -prep. */
export const groupStart = (group: string, restore: boolean): StartOrder => ({
  show: show('lsfcconsistgrp', group),
  start: { verb: 'startfcconsistgrp', flags: restore ? { restore } : {}, object: group },
  stateOf: (_listed, shown) => {
    const found = shown && toGroup(shown);
    return found?.name === group ? found.state : '';
  },
});

export const snapshotStart = (order: SnapshotStart): StartOrder =>
  'add' in order ? addition(order.add) : restoration(order.restore);

const named = ({ volumeGroup, name }: { readonly volumeGroup: string; readonly name: string }) => ({
  snapshot: checkObjectName(name),
  volumegroup: checkObjectName(volumeGroup),
});

const addition = (wanted: SnapshotToAdd): StartOrder => ({
  list: list('lsvolumegroupsnapshot', named(wanted)),
  show: show('lsvolumegroup', wanted.volumeGroup),
  start: {
    verb: 'addsnapshot',
    flags: {
      volumegroup: checkObjectName(wanted.volumeGroup),
      name: checkObjectName(wanted.name),
      ignorelegacy: wanted.ignoreLegacy === true ? true : undefined,
      retentiondays: wanted.retentionDays,
      retentionminutes: wanted.retentionMinutes,
      safeguarded: wanted.safeguarded === true ? true : undefined,
    },
  },
  tellsId: true,
  stateOf: (listed, shown) => {
    if (listed.length > 0) return 'exists';
    if (shown === undefined || shown.filled('name') !== wanted.volumeGroup) return '';
    return shown.integer('volume_count') === wanted.volumes ? 'absent' : 'changed';
  },
});

const restoration = (wanted: SnapshotToRestore): StartOrder => ({
  list: list('lsvolumegroupsnapshot', named(wanted)),
  start: { verb: 'restorefromsnapshot', flags: named(wanted) },
  stateOf: ([row]) => {
    const found = row && toSnapshot(row);
    return found?.name === wanted.name && found.time === wanted.time ? found.state : '';
  },
});
