// A volume group with a policy, and what tests of policies look at.
import { testArray, type TestArray } from './array.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const HOURLY =
  'mksnapshotpolicy -backupunit hour -backupinterval 1 -backupstarttime 2611240200 -retentiondays 1';

/** Volumes a and b in group vg, policy p each hour from 02:00 on for a day. It is 2026-11-24 01:02:03. */
export async function hourly(
  codeLevel = '8.6.0.0',
  more: Parameters<typeof testArray>[0] = {},
): Promise<TestArray> {
  const config = {
    system: { name: 'svc1', codeLevel },
    users: [
      { name: 'superuser', password: 'secret' },
      { name: 'operator', password: 'secret', role: 'CopyOperator' as const },
    ],
    pools: [{ name: 'Pool0', capacity: '1GiB' }],
    volumes: ['a', 'b'].map((name) => ({ name, pool: 'Pool0', size: '4MiB', volumeGroup: 'vg' })),
    hosts: [{ name: 'h1', iqn: 'iqn.2026-01.test:h1' }],
  };
  const array = await testArray({ config, ...more }, ['a', 'b']);
  await array.code(`${HOURLY} -name p`);
  return array;
}

export const column = async (
  array: TestArray,
  name: string,
  line = 'lsvolumegroupsnapshot',
): Promise<string[]> => {
  const [header = '', ...rows] = (await array.ok(`${line} -delim !`)).trimEnd().split('\n');
  return rows.map((row) => row.split('!')[header.split('!').indexOf(name)] ?? 'no such column');
};
export const times = (array: TestArray): Promise<string[]> => column(array, 'time');
export const alerts = async (array: TestArray): Promise<string[]> =>
  column(array, 'description', 'lseventlog -alert yes');
