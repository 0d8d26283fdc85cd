// What a plan refuses, asked from a shell against real guests: exit code, one line each with field, value and remedy. Nothing may be touched by it:
// bytes of all volumes, mounts of both guests and everything the array lists are compared before and after the whole batch.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uid } from '../../lab/demo/session.js';
import { storeDirectory } from '../../lab/san/store.js';
import { labVolumes } from '../../lab/volumes.js';
import type { Guest } from '../../lab/guest.js';
import {
  diskOf,
  flashcopy,
  inventoryFile,
  lendToSource,
  pairs,
  removeCopies,
  takeFromSource,
} from '../lab/copies.js';
import { array, lab, prepareSource } from '../lab/linux-host-lab.js';

let source: Guest;
let backup: Guest;
let folder: string;
let before: Facts;

type Facts = Record<string, string>;
const unmapStranger = (volume: string) => `rmvdiskhostmap -host stranger ${volume}`;
const file = async (name: string, content: unknown) => {
  const written = path.join(folder, name);
  await writeFile(written, typeof content === 'string' ? content : JSON.stringify(content));
  return written;
};
const asked = { name: 'refused', array: 'svc-lab', sources: [], grade: 'crash' } as const;

async function refused(command: 'plan' | 'run', request: object, inventory = inventoryFile) {
  const { exitCode, stderr } = await flashcopy(
    command,
    await file('request.json', request),
    '--inventory',
    inventory,
  );
  return {
    exitCode,
    stderr,
    lines: stderr.split('\n').filter((line) => /^\S+ = ".*": [A-Z_]+; ./.test(line)),
  };
}
/** `field = "value": CODE`, as the beginning of each line. */
const beginnings = (lines: readonly string[]) =>
  lines.map((line) => line.slice(0, line.indexOf(';'))).sort();

async function facts(): Promise<Facts> {
  const listings = ['lsfcmap', 'lsfcconsistgrp', 'lsvdisk', 'lshost', 'lshostvdiskmap'];
  const all: Facts = {
    array: await array(listings.map((listing) => `${listing} -delim :`).join('; ')),
  };
  // Not what a login brings and takes away again.
  const mounts = "findmnt -rn -o TARGET,SOURCE,FSTYPE,OPTIONS | grep -v '^/run/user/'";
  for (const guest of [source, backup]) all[guest.name] = await guest.sh(mounts);
  for (const { name } of labVolumes) {
    const hash = createHash('sha1');
    await pipeline(createReadStream(path.join(storeDirectory(), 'volumes', `${name}.img`)), hash);
    all[name] = hash.digest('hex');
  }
  return all;
}

beforeAll(async () => {
  ({ source, backup } = await lab());
  folder = await mkdtemp(path.join(tmpdir(), 'flashcopy-refusals-'));
  await prepareSource(source);
  await removeCopies();
  await lendToSource('db_data3', 'db_data4');
  // Beside the good volume group: a file system the holder itself needs, one of a kind we do not know, a tool that is gone, a login without rights.
  await source.sh(`
    systemctl stop lab-app fc-writer
    mkfs.xfs --unsupported -q -f ${diskOf('db_data3')}
    mkdir -p /var/lib/flashcopy /odd
    mount ${diskOf('db_data3')} /var/lib/flashcopy
    mke2fs -q -F -t ext4 -E lazy_itable_init=0,lazy_journal_init=0 ${diskOf('db_data4')}
    mount ${diskOf('db_data4')} /odd
    mv /usr/sbin/fsfreeze /usr/sbin/fsfreeze.gone
    id op 2>/dev/null >&2 || useradd -m op
    install -d -o op -m 700 ~op/.ssh
    install -o op -m 600 /root/.ssh/authorized_keys ~op/.ssh/authorized_keys`);
  // A host object stays: the array of the lab knows no rmhost.
  const byHand = [
    'mkvdiskhostmap -host stranger db_copy3',
    'mkvdiskhostmap -force -host stranger db_data2',
    'mkvdisk -mdiskgrp pool0 -size 16 -unit mb -name small1',
    'mkvdisk -mdiskgrp pool0 -size 16 -unit mb -name small2',
    'mkfcmap -source small1 -target small2 -name by_hand',
  ];
  await array(`mkhost -name stranger -iscsiname iqn.2026-11.lab:stranger; ${byHand.join(' && ')}`);
  // An idle xfs still writes its log once in a while; not after a freeze.
  await source.sh(`
    sync
    for point in /data /var/lib/flashcopy; do /usr/sbin/fsfreeze.gone -f $point; /usr/sbin/fsfreeze.gone -u $point; done
    mount -o remount,ro /odd`);
  before = await facts();
});

afterAll(async () => {
  await source.sh(`
    [ ! -e /usr/sbin/fsfreeze.gone ] || mv /usr/sbin/fsfreeze.gone /usr/sbin/fsfreeze
    for point in /var/lib/flashcopy /odd; do ! mountpoint -q $point || umount $point; done
    userdel -r op 2>/dev/null || :`);
  const undo = [
    'rmfcmap -force by_hand',
    'rmvdisk small1',
    'rmvdisk small2',
    ...['db_copy3', 'db_data2'].map(unmapStranger),
  ];
  await array(undo.join('; '));
  await takeFromSource('db_data3', 'db_data4');
  await rm(folder, { recursive: true, force: true });
});

describe('a plan against the lab', () => {
  it('refuses malformed input with exit 2', async () => {
    const volumes = [{ source: 'db_data1', target: 'db_data1' }];
    const same = await refused('plan', { ...asked, volumes });
    expect(same.exitCode).toBe(2);
    expect(same.stderr).toContain(
      'volumes[0].target = "db_data1": is its own source; name another volume',
    );
    const lacking = await refused('plan', {
      ...asked,
      volumes: pairs([1, 1]),
      sources: [{ host: 'source1' }],
    });
    expect(lacking.exitCode).toBe(2);
    expect(lacking.stderr).toContain('sources[0].method');
  });

  it('refuses an array and hosts the inventory does not name', async () => {
    const { exitCode, lines } = await refused('plan', {
      ...{ ...asked, array: 'svc-other', volumes: pairs([1, 1]) },
      sources: [{ host: 'source9', method: 'quiesce' }],
      targets: [{ host: 'backup9', mounts: [{ from: '/data', at: '/mnt' }] }],
    });
    expect(exitCode).toBe(3);
    expect(beginnings(lines)).toEqual([
      'array = "svc-other": UNKNOWN_ARRAY',
      'sources[0].host = "source9": UNKNOWN_HOST',
      'targets[0].host = "backup9": UNKNOWN_HOST',
    ]);
  });

  it('refuses volumes that are unknown, of another size, of others, seen by others, unconfirmed or the wrong way round', async () => {
    const { exitCode, lines } = await refused('plan', {
      ...asked,
      volumes: [
        { source: 'nowhere', target: 'db_copy1', overwrite: uid('db_copy1') },
        { source: 'db_copy4', target: 'odd_size', overwrite: uid('odd_size') },
        { source: 'db_data2', target: 'db_copy2' },
        { source: 'db_data3', target: 'db_copy3', overwrite: uid('db_copy3') },
        { source: 'small2', target: 'small1' },
      ],
    });
    expect(exitCode).toBe(3);
    expect(beginnings(lines)).toEqual([
      'volumes[0].source = "nowhere": UNKNOWN_VOLUME',
      'volumes[1].target = "odd_size": SIZES_DIFFER',
      'volumes[2].source = "db_data2": SOURCE_MAPPED_ELSEWHERE',
      'volumes[2].source = "db_data2": SOURCE_MAPPED_ELSEWHERE',
      'volumes[2].target = "db_copy2": TARGET_NOT_CONFIRMED',
      'volumes[3].source = "db_data3": SOURCE_MAPPED_ELSEWHERE',
      'volumes[3].target = "db_copy3": TARGET_MAPPED_ELSEWHERE',
      'volumes[4].source = "small2": DIRECTION_REVERSED',
      'volumes[4].target = "small1": TARGET_NOT_CONFIRMED',
    ]);
  });

  it("refuses, as a run, half a volume group, the holder's own file system, an unknown layer and a missing tool", async () => {
    const { exitCode, lines } = await refused('run', {
      ...{ ...asked, grade: 'filesystem', volumes: pairs([1, 1], [3, 2], [4, 4]) },
      sources: [{ host: 'source1', method: 'quiesce' }],
    });
    expect(exitCode).toBe(3);
    expect(beginnings(lines)).toEqual([
      'sources[0].host = "source1": TOOL_MISSING',
      'sources[0].host = "vg_data": VOLUME_GROUP_NOT_WHOLE',
      'sources[0].mounts = "/odd": LAYER_NOT_SUPPORTED',
      'sources[0].mounts = "/var/lib/flashcopy": ESSENTIAL_FILE_SYSTEM',
    ]);
  });

  it('refuses a login without the rights', async () => {
    const inventory = await readFile(inventoryFile, 'utf8');
    const unprivileged = inventory
      .replaceAll('./id_ed25519', path.join(path.dirname(inventoryFile), 'id_ed25519'))
      .replace(/(source1: \{.*user: )root/, '$1op');
    const { exitCode, lines } = await refused(
      'plan',
      {
        ...asked,
        grade: 'filesystem',
        volumes: pairs([1, 1], [2, 2]),
        sources: [{ host: 'source1', method: 'quiesce' }],
      },
      await file('inventory.yaml', unprivileged),
    );
    expect(exitCode).toBe(3);
    expect(beginnings(lines)).toContain('sources[0].host = "source1": NOT_PRIVILEGED');
  });

  it('has touched nothing in all this: neither bytes nor mounts nor the array', async () => {
    expect(await facts()).toEqual(before);
  });
});
