// What lab tests of whole copies share: a request on the demo's volumes, how a copy ended, a shell, and the way back to a lab without copies.
import path from 'node:path';
import { execa } from 'execa';
import { CopyFailedError, FlashCopyClient, type CopyHandle } from '../../src/client/index.js';
import type { Report } from '../../src/domain/report.js';
import { systemRandomness } from '../../src/clock/system-clock.js';
import { uid } from '../../lab/demo/session.js';
import { inLab } from '../../lab/paths.js';
import { readState } from '../../lab/state.js';
import { array, hostOf, lab } from './linux-host-lab.js';

export const inventoryFile = inLab('inventory.yaml');
const COPIES = ['db_copy1', 'db_copy2', 'db_copy3', 'db_copy4'];

/** Pairs `db_data<source>` and `db_copy<target>`, each target confirmed. */
export const pairs = (...numbers: readonly (readonly [source: number, target: number])[]) =>
  numbers.map(([source, target]) => ({
    ...{
      source: `db_data${source}`,
      target: `db_copy${target}`,
      overwrite: uid(`db_copy${target}`),
    },
  }));

/** For those who start copies and workers apart. */
export const connectToLab = () =>
  FlashCopyClient.connect({ address: `127.0.0.1:${readState().ports['temporal']}` });

export interface End {
  /** '' for a good copy. */
  readonly code: string;
  readonly message: string;
  readonly report: Report;
}

/** Waits for the end, good or bad. Throws what is neither. */
export async function endOf(copy: CopyHandle): Promise<End> {
  try {
    return { code: '', message: '', report: await copy.result() };
  } catch (error) {
    if (!(error instanceof CopyFailedError) || error.report === undefined) throw error;
    return { code: error.code, message: error.message, report: error.report };
  }
}

/** The command line from its sources, as from a shell. */
export function flashcopy(...args: string[]) {
  const main = path.resolve('src/cli/main.ts');
  return execa(process.execPath, ['--import', 'tsx', main, ...args], {
    reject: false,
    stdin: 'ignore',
  });
}

/** Fields of listings of the array, row by row, in one connection: it takes only a few new ones a second. */
export async function listed<const L extends readonly string[]>(
  ...listings: L
): Promise<{ [K in keyof L]: string[][] }> {
  const text = await array(
    listings.map((listing) => `${listing} -nohdr -delim :; echo --`).join('; '),
  );
  const answers = text.split(/^--\n?/m).slice(0, listings.length);
  return answers.map((answer) =>
    answer.split('\n').flatMap((line) => (line === '' ? [] : [line.split(':')])),
  ) as {
    [K in keyof L]: string[][];
  };
}

/** Lets go of every copy: on backup1 first, then on the array. The next test finds volumes without mappings, groups and target maps. */
export async function removeCopies(): Promise<void> {
  await releaseBackup();
  const [groups, mappings, maps] = await listed(
    'lsfcconsistgrp',
    'lsfcmap',
    'lshostvdiskmap backup1',
  );
  const undo = [
    ...maps.map((row) => `rmvdiskhostmap -host backup1 ${row[4]}`),
    ...groups.map(([, name]) => `stopfcconsistgrp ${name}`),
    ...mappings.map(([, name]) => `rmfcmap -force ${name}`),
    ...groups.map(([, name]) => `rmfcconsistgrp ${name}`),
  ];
  // A group that does not copy refuses the stop, which is as good.
  if (undo.length > 0) await array(undo.join('; '));
}

/** Shows more volumes to source1 than it has at first, as the product presents them. */
export async function lendToSource(...volumes: readonly string[]): Promise<void> {
  // A volume that is mapped already is as good.
  await array(volumes.map((volume) => `mkvdiskhostmap -host source1 ${volume}`).join('; ')).catch(
    () => undefined,
  );
  const host = hostOf('source1');
  await host.target.find({ run: newRun(), uids: volumes.map(uid) }).finally(() => host.close());
}

/** Takes them back, empty. */
export async function takeFromSource(...volumes: readonly string[]): Promise<void> {
  const { source } = await lab();
  await source.sh(
    `for volume in ${volumes.map(diskOf).join(' ')}; do ! [ -b $volume ] || wipefs -q -a $volume; done`,
  );
  const host = hostOf('source1');
  const order = {
    run: newRun(),
    mounts: [],
    volumeGroups: [],
    uids: volumes.map(uid),
    keepMapped: false,
  };
  await host.target.release(order).finally(() => host.close());
  await array(volumes.map((volume) => `rmvdiskhostmap -host source1 ${volume}`).join('; '));
}

const newRun = () => `lab-${systemRandomness.token(6)}`;
/** A volume as a guest's disk. */
export const diskOf = (volume: string) => `/dev/mapper/3${uid(volume).toLowerCase()}`;

async function releaseBackup(): Promise<void> {
  const { backup } = await lab();
  // Paths that a planted lie took away must fail, or whoever touches the disk waits for ever.
  await backup.sh(`
    for map in $(dmsetup ls --target multipath | cut -f1); do
      case $map in 3600*) multipathd disablequeueing map $map >/dev/null ;; esac
    done
    grep -o ' /backup[^ ]*' /proc/self/mounts | sort -r | while read -r point; do umount $point; done`);
  const host = hostOf('backup1');
  const order = { run: newRun(), mounts: [], keepMapped: false };
  try {
    await host.target.release({
      ...order,
      volumeGroups: ['vg_backup', 'vg_data'],
      uids: COPIES.map(uid),
    });
  } finally {
    await host.close();
  }
}
