// Commands and views of snapshot policies: what is refused with which code, what a level without them answers, what clients read.
import { describe, expect, it } from 'vitest';
import { occurrenceFrom, type PolicyUnit } from '../../../src/simulator/model/snapshot-policy.js';
import { column, HOUR_MS, hourly, HOURLY, times } from './policies.js';

describe('refusals', () => {
  it.each([
    [
      'mksnapshotpolicy -name q -backupunit day -backupinterval 1 -backupstarttime 2611240200',
      'CMMVC5707E',
    ],
    [`${HOURLY} -name p`, 'CMMVC6035E'],
    [`${HOURLY} -name predefinedsspolicy0`, 'CMMVC6035E'],
    [`${HOURLY} -name 9lives`, 'CMMVC6527E'],
    [HOURLY.replace('hour', 'year'), 'CMMVC5767E'],
    [HOURLY.replace('hour', 'minute'), 'CMMVC5767E'],
    [HOURLY.replace('interval 1', 'interval 0'), 'CMMVC5767E'],
    [HOURLY.replace('interval 1', 'interval 65536'), 'CMMVC5767E'],
    [HOURLY.replace('days 1', 'days 366'), 'CMMVC5767E'],
    [HOURLY.replace('2611240200', '2602300200'), 'CMMVC5767E'],
    [HOURLY.replace('2611240200', '261124020000'), 'CMMVC5767E'],
    [`${HOURLY} -type localsnapshot`, 'CMMVC5709E'],
    [Array.from({ length: 29 }, () => HOURLY).join('; '), 'CMMVC6034E'],
    ['lssnapshotpolicy nope', 'CMMVC5754E'],
    ['lssnapshotschedule nope', 'CMMVC5754E'],
    ['lsvolumegroupsnapshotpolicy nope', 'CMMVC5754E'],
    ['rmsnapshotpolicy nope', 'CMMVC5753E'],
    ['rmsnapshotpolicy -removefromvolumegroups predefinedsspolicy1', 'CMMVC6032E'],
    ['chvolumegroup -snapshotpolicy p vg; rmsnapshotpolicy p', 'CMMVC6032E'],
    ['chvolumegroup -snapshotpolicy nope vg', 'CMMVC5804E'],
    ['chvolumegroup -snapshotpolicy p nope', 'CMMVC5753E'],
    ['chvolumegroup -snapshotpolicy p -policystarttime tomorrow vg', 'CMMVC5767E'],
    ['chvolumegroup -policystarttime 2611240300 vg', 'CMMVC5707E'],
    ['chvolumegroup -safeguarded vg', 'CMMVC5707E'],
    ['chvolumegroup -snapshotpolicy p -nosnapshotpolicy vg', 'CMMVC5713E'],
    ['chvolumegroup -snapshotpolicysuspended yes vg', 'CMMVC5709E'],
    ['mkvolumegroup -name g -snapshotpolicy nope', 'CMMVC5804E'],
    ['chvolumegroupsnapshotpolicy -snapshotpolicysuspended yes vg', 'CMMVC5753E'],
    ['chvolumegroupsnapshotpolicy vg', 'CMMVC5707E'],
    ['chsystem -snapshotpolicysuspended perhaps', 'CMMVC5767E'],
  ])('%s: %s', async (line, code) => {
    const array = await hourly();
    const { stderr } = await array.execute(line);
    expect(stderr.split(' ')[0]).toBe(code);
    expect(await array.attribute('lsvolumegroup vg', 'snapshot_policy_name')).toBe(
      line.includes('p vg; rm') ? 'p' : '',
    );
  });

  it('a Copy Operator lists policies and makes none', async () => {
    const array = await hourly();
    const answers = [
      'lssnapshotpolicy',
      HOURLY,
      'rmsnapshotpolicy p',
      'chvolumegroup -snapshotpolicy p vg',
    ].map((line) => array.execute(line, 'operator'));
    const codes = (await Promise.all(answers)).map(({ stderr }) => stderr.split(' ')[0]);
    expect(codes).toEqual(['', 'CMMVC6253E', 'CMMVC6253E', 'CMMVC6253E']);
  });

  it('a level without policies has none, in no view, command or flag', async () => {
    const array = await hourly('8.4.2.0');
    const lines = [
      'lssnapshotpolicy',
      'lssnapshotschedule',
      'lsvolumegroupsnapshotpolicy',
      HOURLY,
      'rmsnapshotpolicy p',
    ];
    for (const line of [...lines, 'chvolumegroupsnapshotpolicy -snapshotpolicysuspended yes vg'])
      expect(`${line}: ${await array.code(line)}`).toBe(`${line}: CMMVC7205E`);
    for (const line of [
      'chvolumegroup -nosnapshotpolicy vg',
      'chsystem -snapshotpolicysuspended yes',
    ])
      expect(`${line}: ${await array.code(line)}`).toBe(`${line}: CMMVC5709E`);
    expect(await array.ok('lsvolumegroup; lsvolumegroup vg; lssystem')).not.toContain(
      'policy_suspended',
    );
    expect(await array.attribute('lsvolumegroup vg', 'snapshot_policy_name')).toBe(
      'no such attribute',
    );
    expect(
      /Command name="[a-z]*snapshot(policy|schedule)"/.exec(await array.ok('catxmlspec')),
    ).toBe(null);
    expect(
      await (await hourly('8.5.1.0')).code('chvolumegroup -snapshotpolicy p -safeguarded vg'),
    ).toBe('CMMVC5709E');
  });
});

describe('a policy on a volume group', () => {
  it('has a start of its own there, moved on from the past; what a group shows is what a client sees', async () => {
    const array = await hourly();
    await array.ok('chvolumegroup -snapshotpolicy p -policystarttime 2501010030 vg');
    expect(await array.ok('lsvolumegroupsnapshotpolicy -delim ! vg')).toBe(
      'id!0\nname!vg\nsnapshot_policy_id!3\nsnapshot_policy_name!p\nsnapshot_policy_start_time!261124013000\n' +
        'snapshot_policy_suspended!no\nsnapshot_policy_safeguarded!no\n',
    );
    expect(await array.attribute('lsvolumegroup vg', 'snapshot_policy_id')).toBe('3');
    expect(await array.ok('simstate')).toMatch(
      /policy of +policy +next snapshot +suspended\n.*vg +p +261124013000 +no/,
    );
    array.clock.advance(HOUR_MS / 2);
    expect(await times(array)).toEqual(['261124013000']);
    expect(await array.ok('lssnapshotschedule -delim ! p')).toBe(
      'policy_id!policy_name!schedule_id!backup_unit!backup_interval!backup_start_time!retention_days\n' +
        '3!p!1!hour!1!261124020000!1\n',
    );
    expect(await column(array, 'name', 'lssnapshotpolicy')).toEqual([
      ...['predefinedsspolicy0', 'predefinedsspolicy1', 'predefinedsspolicy2', 'p'],
    ]);
    await array.ok('mkvolumegroup -name other -snapshotpolicy predefinedsspolicy0');
    expect(
      await array.attribute('lsvolumegroupsnapshotpolicy other', 'snapshot_policy_start_time'),
    ).toBe('261124060000');
  });
});

it.each([
  ['month 1', '2026-05-31T10:00', ['2026-06-01T00:00', '2026-06-30T10:00']],
  ['month 1', '2026-05-31T10:00', ['2026-07-01T00:00', '2026-07-31T10:00']],
  ['month 3', '2025-11-30T10:00', ['2026-01-01T00:00', '2026-02-28T10:00']],
  ['month 1', '2026-05-31T10:00', ['2028-02-10T00:00', '2028-02-29T10:00']],
  ['week 2', '2026-01-01T00:00', ['2026-01-01T00:01', '2026-01-15T00:00']],
  ['minute 90', '2026-01-01T00:00', ['2026-01-01T01:30', '2026-01-01T01:30']],
  ['day 1', '2027-01-01T00:00', ['2026-01-01T00:00', '2027-01-01T00:00']],
] as const)(
  'the rhythm %s from %s on, seen at one moment, comes at another: %j',
  (rhythm, anchor, [from, next]) => {
    const [unit, interval] = rhythm.split(' ') as [PolicyUnit, string];
    const ms = (text: string): number => Date.parse(`${text}Z`);
    const found = occurrenceFrom({ unit, interval: Number(interval) }, ms(anchor), ms(from));
    expect(new Date(found).toISOString()).toContain(next);
  },
);
