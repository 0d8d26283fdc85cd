// Changes, each one command, and what makes them safe to repeat: "exists" counts only after the attributes were read and compared,
// "missing" is success for a removal.
import { FlashCopyError } from '../../domain/errors.js';
import type { NewMapping, StopMode, StorageArray } from '../array.js';
import { checkGroupName, type SvcCommand } from './command.js';
import { checkObjectName } from '../../domain/names.js';
import { refusalClass } from './errors.js';
import type { RefusalClass } from './refusals.js';
import { toNewMapping } from './objects.js';
import { findByName, type Reads } from './reads.js';
import type { Wire } from './wire.js';

export type Changes = Pick<
  StorageArray,
  | 'createVDisk'
  | 'removeVDisk'
  | 'createGroup'
  | 'renameGroup'
  | 'removeGroup'
  | 'createMapping'
  | 'changeMapping'
  | 'removeMapping'
  | 'prepareGroup'
  | 'stopGroup'
  | 'stopMapping'
  | 'setGroupAutodelete'
>;

export function createChanges(wire: Wire, reads: Reads): Changes {
  const send = async (command: SvcCommand): Promise<void> => void (await wire.change(command));
  const remove = (verb: string, object: string): Promise<void> =>
    tolerate('missing', wire.change({ verb, object }));
  return {
    createVDisk: (vdisk) => createVDisk(wire, reads, vdisk),
    removeVDisk: (name) => remove('rmvdisk', name),
    createGroup: (name) =>
      unlessExists(
        wire.change({ verb: 'mkfcconsistgrp', flags: { name: checkGroupName(name) } }),
        async (refused) => {
          if ((await reads.readGroup(name)) === undefined) throw refused;
        },
      ),
    renameGroup: (from, to) => renameGroup(wire, reads, { from, to }),
    // Never -force: it would leave the members running alone.
    removeGroup: (name) => remove('rmfcconsistgrp', name),
    createMapping: (mapping) => createMapping(wire, mapping),
    changeMapping: (name, change) => send(chfcmap(name, change)),
    removeMapping: (name) => remove('rmfcmap', name),
    prepareGroup: (name, { restore = false } = {}) =>
      send({
        verb: 'prestartfcconsistgrp',
        flags: { restore: restore || undefined },
        object: name,
      }),
    stopGroup: (name, how) => stop(wire, { verb: 'stopfcconsistgrp', object: name }, how),
    stopMapping: (name, how) => stop(wire, { verb: 'stopfcmap', object: name }, how),
    setGroupAutodelete: (name, on) =>
      send({
        verb: 'chfcconsistgrp',
        flags: { autodelete: on ? 'on' : 'off' },
        object: name,
      }),
  };
}

async function stop(wire: Wire, command: SvcCommand, how: StopMode | undefined): Promise<void> {
  try {
    await wire.change({ ...command, flags: how === undefined ? {} : { [how]: true } });
  } catch (error) {
    if (!(error instanceof FlashCopyError && error.code === 'ALREADY_STOPPED')) throw error;
  }
}

async function createVDisk(
  wire: Wire,
  reads: Reads,
  vdisk: Parameters<StorageArray['createVDisk']>[0],
): Promise<void> {
  const { pool, capacityBytes, thin, ioGroup } = vdisk;
  const name = checkObjectName(vdisk.name);
  const iogrp = ioGroup === undefined ? 0 : checkObjectName(ioGroup);
  const expanding =
    thin === undefined ? {} : { rsize: `${thin.realPercent}%`, autoexpand: true as const };
  const flags = {
    name,
    mdiskgrp: checkObjectName(pool),
    iogrp,
    size: capacityBytes,
    unit: 'b',
    ...expanding,
  };
  await unlessExists(wire.change({ verb: 'mkvdisk', flags }), async (refused) => {
    const [found] = await reads.readVDisks([name]);
    if (found === undefined) throw refused;
    compare(
      `volume ${name}`,
      { pool, capacityBytes },
      { pool: found.pool, capacityBytes: found.capacityBytes },
    );
  });
}

async function createMapping(wire: Wire, wanted: NewMapping): Promise<void> {
  const flags = {
    source: checkObjectName(wanted.source),
    target: checkObjectName(wanted.target),
    name: checkObjectName(wanted.name),
    consistgrp: checkObjectName(wanted.group),
    copyrate: wanted.copyRate,
    cleanrate: wanted.cleanRate,
    grainsize: wanted.grainSize,
    incremental: wanted.incremental ? (true as const) : undefined,
  };
  await unlessExists(wire.change({ verb: 'mkfcmap', flags }), async (refused) => {
    const row = await findByName(wire, 'lsfcmap', wanted.name);
    if (row === undefined) throw refused;
    compare(`mapping ${wanted.name}`, { ...wanted }, { ...toNewMapping(row) });
  });
}

function chfcmap(name: string, change: Parameters<StorageArray['changeMapping']>[1]): SvcCommand {
  const { copyRate, cleanRate, group, autodelete } = change;
  // Group 0 is the array's word for "none".
  const consistgrp = group === '' ? 0 : group && checkObjectName(group);
  const onOff = autodelete === undefined ? undefined : autodelete ? 'on' : 'off';
  const flags = { consistgrp, copyrate: copyRate, cleanrate: cleanRate, autodelete: onOff };
  return { verb: 'chfcmap', flags, object: name };
}

/** A repeat finds the old name gone and the new one there: success, since names carry a run's own token. */
async function renameGroup(
  wire: Wire,
  reads: Reads,
  names: { from: string; to: string },
): Promise<void> {
  const to = checkGroupName(names.to);
  try {
    await wire.change({ verb: 'chfcconsistgrp', flags: { name: to }, object: names.from });
  } catch (error) {
    if (refusalClass(error) !== 'missing' || (await reads.readGroup(to)) === undefined) throw error;
  }
}

export async function tolerate(kind: RefusalClass, change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (refusalClass(error) !== kind) throw error;
  }
}

/** A warning in the place of success is read back like "exists": what is there says whether it was done. */
export async function unlessExists(
  change: Promise<readonly string[]>,
  check: (refused: FlashCopyError) => Promise<void>,
): Promise<void> {
  let warnings: readonly string[];
  try {
    warnings = await change;
  } catch (error) {
    if (refusalClass(error) !== 'exists' || !(error instanceof FlashCopyError)) throw error;
    return check(error);
  }
  if (warnings.length > 0) await check(notThere(warnings));
}

export const notThere = (warnings: readonly string[]): FlashCopyError =>
  new FlashCopyError({
    family: 'array',
    code: 'ARRAY_REFUSED',
    message: `${warnings.join('; ')}; and nothing of that name is there`,
    ...{ outcome: 'unknown', retry: 'after-check' },
  });

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Throws ATTRIBUTES_DIFFER: an object of that name exists and is not what was asked for. */
export function compare(what: string, wanted: Attributes, found: Attributes): void {
  const different = Object.keys(wanted).filter((key) => wanted[key] !== found[key]);
  if (different.length === 0) return;
  const list = different.map(
    (key) => `${key} is ${found[key] ?? 'unknown'}, not ${wanted[key] ?? ''}`,
  );
  throw new FlashCopyError({
    family: 'array',
    code: 'ATTRIBUTES_DIFFER',
    message: `${what} exists already: ${list.join('; ')}`,
    details: { different: list },
  });
}
