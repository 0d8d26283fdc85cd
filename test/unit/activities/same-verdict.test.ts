// The same request gets the same verdict on models and on hosts: one backup host, as a model and as a Linux host tells of itself, in the same straits.
import { describe, expect, it } from 'vitest';
import type { InspectOrder } from '../../../src/host/host.js';
import { parseRows } from '../../../src/host/linux/answer.js';
import { readInspection } from '../../../src/host/linux/inspection.js';
import type { FlashCopyRequest } from '../../../src/domain/request.js';
import { carryOut, plan, rawRequest } from './carry-out.js';
import { failure, san, type San } from './san.js';

const NAMES = ['data', 'log'];

const request = (made: San): FlashCopyRequest => ({
  ...rawRequest(
    NAMES.map((name) => ({
      source: name,
      target: `${name}_copy`,
      overwrite: made.uid(`${name}_copy`),
    })),
    {},
    'nightly',
  ),
  sources: [{ host: 'app1', method: 'quiesce', units: [], applications: [], mounts: 'auto' }],
  targets: [
    {
      ...{ host: 'dev1', synthesis: 'auto', volumeGroups: {}, keepMapped: false },
      mounts: [{ from: '/db', at: '/copy/db', readOnly: false }],
    },
  ],
  grade: 'filesystem',
});

/** A disk as the agent tells of it, by its number. */
const pvDisk = (made: San, name: string, number: number): string =>
  `block\tsd${number}\t8:${number}\t4194304\t\t\tnaa.${made.uid(name).toLowerCase()}\t\t\trunning\tLVM2_member\tu${number}`;
const volume = (number: number, on: string, lv: string): string =>
  `block\tdm-${number}\t253:${number}\t4096\t${on}\t\t\t${lv.replace('/', '-')}\tLVM-${number}\t\txfs\tf${number}`;
const lv = (number: number, name: string): string =>
  `lv\t${name.split('/')[0]}\t${name.split('/')[1]}\t/dev/${name}\tstriped\tactive\t253:${number}`;
const pv = (number: number, group: string): string =>
  `pv\t8:${number}\t/dev/sd${number}\tp${number}\t${group}\tg-${group}\t`;
const mount = (number: number, at: string): string =>
  `mount\t253:${number}\t/\t${at}\trw\txfs\trw\t`;

const mapped = async (made: San, ...names: string[]): Promise<string[]> => {
  for (const name of names) await made.ok(`mkvdiskhostmap -host dev1 ${name}`);
  return names.map(made.uid);
};

interface Strait {
  readonly title: string;
  readonly code: string;
  readonly model: (made: San) => Promise<unknown>;
  readonly linux: (made: San) => readonly string[];
}

const OTHERS = (made: San): string[] => [pvDisk(made, 'web_copy', 3)];

const straits: readonly Strait[] = [
  {
    ...{ title: 'with nothing in the way', code: 'no failure' },
    model: () => Promise.resolve(),
    linux: () => [],
  },
  {
    ...{ title: 'where another set has a group of that name', code: 'VOLUME_GROUP_NAME_TAKEN' },
    model: async (made) =>
      made.dev1.createVolumeGroup('vg0_copy', await mapped(made, 'web_copy'), ['x']),
    linux: (made) => [...OTHERS(made), pv(3, 'vg0_copy')],
  },
  {
    ...{ title: 'where another set has a group of another name', code: 'no failure' },
    model: async (made) =>
      made.dev1.createVolumeGroup('vg_web', await mapped(made, 'web_copy'), ['x']),
    linux: (made) => [...OTHERS(made), pv(3, 'vg_web')],
  },
  {
    ...{ title: 'whose mount point is taken', code: 'MOUNT_POINT_TAKEN' },
    model: async (made) => {
      await made.dev1.createVolumeGroup('vg_web', await mapped(made, 'web_copy'), ['x']);
      await made.dev1.createFileSystem('/dev/vg_web/x', '/copy/db');
    },
    linux: (made) => [
      ...OTHERS(made),
      volume(1, 'sd3', 'vg_web/x'),
      pv(3, 'vg_web'),
      lv(1, 'vg_web/x'),
      mount(1, '/copy/db'),
    ],
  },
  {
    ...{ title: 'where a target shares its group with another disk', code: 'TARGET_IN_USE' },
    model: async (made) =>
      made.dev1.createVolumeGroup('vg_mix', await mapped(made, 'data_copy', 'web_copy'), ['x']),
    linux: (made) => [
      pvDisk(made, 'data_copy', 2),
      ...OTHERS(made),
      pv(2, 'vg_mix'),
      pv(3, 'vg_mix'),
    ],
  },
  {
    ...{ title: 'where a container has what stands on a target', code: 'TARGET_IN_USE' },
    model: async (made) => {
      await made.dev1.createVolumeGroup('vg_old', await mapped(made, 'data_copy', 'log_copy'), [
        'x',
      ]);
      await made.dev1.createFileSystem('/dev/vg_old/x', '/old');
      made.dev1.kernel.cloneNamespace('container');
    },
    linux: (made) => [
      pvDisk(made, 'data_copy', 2),
      pvDisk(made, 'log_copy', 4),
      volume(1, 'sd2,sd4', 'vg_old/x'),
      ...[pv(2, 'vg_old'), pv(4, 'vg_old'), lv(1, 'vg_old/x'), mount(1, '/old')],
      'elsewhere\t4026532000\t253:1\t/old',
    ],
  },
];

async function onModel({ model }: Strait): Promise<string> {
  const made = await san();
  await model(made);
  return (await failure(plan(made, request(made), 'aaaaaa'))).type;
}

/** The same SAN and the same sources; the backup host is one that answers as the agent does. */
async function onLinux({ linux }: Strait): Promise<string> {
  let rows: readonly string[] = [];
  const answer = (order: InspectOrder) =>
    Promise.resolve(readInspection('dev1', order, parseRows(rows.join('\n'))));
  const made = await san(({ hosts }) => ({
    hosts: (name) => (name === 'dev1' ? { ...hosts(name), name, inspect: answer } : hosts(name)),
  }));
  rows = linux(made);
  for (const name of NAMES.concat('web'))
    if (rows.some((row) => row.includes(made.uid(`${name}_copy`).toLowerCase())))
      await mapped(made, `${name}_copy`);
  return (await failure(plan(made, request(made), 'aaaaaa'))).type;
}

describe('a backup host', () => {
  it.each(straits)('$title: $code, as a model and as a Linux host', async (strait) => {
    expect(await onModel(strait)).toBe(strait.code);
    expect(await onLinux(strait)).toBe(strait.code);
  });

  it('that got a group of that name after the plan refuses it as LVM does', async () => {
    const made = await san();
    const late = {
      ...made,
      run: (async (name: string, order: never) => {
        if (name === 'flashCopySynthesise')
          await made.dev1.createVolumeGroup('vg0_copy', await mapped(made, 'web_copy'), ['x']);
        return made.run(name as 'flashCopySynthesise', order);
      }) as never,
    };
    expect((await failure(carryOut(late as San, request(made), 'aaaaaa'))).type).toBe('NAME_TAKEN');
  });
});
