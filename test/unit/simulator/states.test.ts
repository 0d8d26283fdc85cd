import { describe, expect, it } from 'vitest';
import type { MappingState } from '../../../src/simulator/model/state.js';
import { testArray, type TestArray } from './array.js';

const STATES: readonly MappingState[] = [
  'idle_or_copied',
  'preparing',
  'prepared',
  'copying',
  'stopping',
  'stopped',
  'suspended',
];

/**
 * '' is accepted, anything else the code of the refusal. Which is legal: IBM's command pages, 8.3 to
 * 9.1. Codes: the published message list, where each state has its own for each verb (prepare
 * 5901-5904, start 5905-5909, stop 5910-5912, delete 5896-5900, change 5913-5916; stopping 6310,
 * 6311, 6319). 5907E for a `start -prep` of what copies and 5912E: IBM's block CSI driver goes by
 * them.
 */
const MATRIX: Record<string, readonly string[]> = {
  prestart: ['', 'CMMVC5901E', 'CMMVC5902E', 'CMMVC5903E', 'CMMVC6310E', '', 'CMMVC5904E'],
  start: ['CMMVC5905E', 'CMMVC5906E', '', 'CMMVC5907E', 'CMMVC6311E', 'CMMVC5908E', 'CMMVC5909E'],
  'start -prep': ['', 'CMMVC5906E', '', 'CMMVC5907E', 'CMMVC6311E', '', 'CMMVC5909E'],
  'start -prep -restore': ['', 'CMMVC5906E', '', 'CMMVC5907E', 'CMMVC6311E', '', 'CMMVC5909E'],
  'stop -force': ['', 'CMMVC5911E', '', '', '', 'CMMVC5912E', ''],
  stop: ['', 'CMMVC5911E', '', '', '', 'CMMVC5912E', ''],
  rm: ['', 'CMMVC5896E', 'CMMVC5897E', 'CMMVC5898E', 'CMMVC6319E', 'CMMVC5899E', 'CMMVC5900E'],
  'rm -force': ['', 'CMMVC5896E', 'CMMVC5897E', 'CMMVC5898E', 'CMMVC6319E', '', 'CMMVC5900E'],
  'ch -copyrate 80': ['', '', '', '', '', '', ''],
  'ch -autodelete off': ['', '', '', '', '', '', ''],
  'ch -name renamed': ['', '', '', '', '', '', ''],
  'ch -consistgrp 0': [
    '',
    'CMMVC5913E',
    'CMMVC5914E',
    'CMMVC5915E',
    'CMMVC6319E',
    '',
    'CMMVC5916E',
  ],
};

async function arrayIn(state: MappingState, grouped: boolean): Promise<TestArray> {
  const array = await testArray();
  await array.ok('mkfcconsistgrp -name g1');
  await array.ok(
    `mkfcmap -name m1 -source a -target b -copyrate 0 ${grouped ? '-consistgrp g1' : ''}`,
  );
  const [mapping] = array.state.mappings;
  if (mapping) Object.assign(mapping, { state, due: array.clock.now() + 3_600_000 });
  return array;
}

const line = (command: string, subject: string): string => {
  const [verb = '', ...flags] = command.split(' ');
  return [`${verb}${subject === 'g1' ? 'fcconsistgrp' : 'fcmap'}`, ...flags, subject].join(' ');
};

describe('legality of commands by state', () => {
  for (const [command, verdicts] of Object.entries(MATRIX))
    it.each(STATES.map((state, index) => [state, verdicts[index]] as const))(
      `${command} in %s answers "%s"`,
      async (state, code) => {
        expect(await (await arrayIn(state, false)).code(line(command, 'm1'))).toBe(code);
      },
    );

  for (const command of ['prestart', 'start', 'start -prep', 'stop', 'stop -force'])
    it(`${command} of a group follows the same matrix`, async () => {
      for (const [index, state] of STATES.entries())
        expect(`${state}: ${await (await arrayIn(state, true)).code(line(command, 'g1'))}`).toBe(
          `${state}: ${MATRIX[command]?.[index] ?? ''}`,
        );
    });

  it.each(['prestartfcmap', 'startfcmap', 'stopfcmap'])(
    '%s of a member is refused: the group acts',
    async (verb) => {
      expect(await (await arrayIn('prepared', true)).code(`${verb} m1`)).toBe('CMMVC6030E');
    },
  );

  it.each(STATES)('a mapping that is moved into a group in %s is told its state', async (state) => {
    const array = await arrayIn(state, true);
    await array.ok('mkfcmap -name m2 -source c -target d');
    const verdict = MATRIX['ch -consistgrp 0']?.[STATES.indexOf(state)];
    expect(await array.code('chfcmap -consistgrp g1 m2')).toBe(verdict);
    expect(await array.attribute('lsfcmap m2', 'group_name')).toBe(verdict === '' ? 'g1' : '');
  });

  it('a change that is refused in one part changes nothing', async () => {
    const array = await arrayIn('copying', false);
    expect(await array.code('chfcmap -name other -copyrate 80 -consistgrp g1 m1')).toBe(
      'CMMVC5915E',
    );
    expect(await array.attribute('lsfcmap m1', 'copy_rate')).toBe('0');
    expect(await array.code('chvdisk -name other -autoexpand maybe a')).toBe('CMMVC5767E');
    await array.ok('lsvdisk a');
  });

  it('refuses a new member unless the group is empty, idle or stopped', async () => {
    for (const state of STATES) {
      const array = await arrayIn(state, true);
      const accepted = ['idle_or_copied', 'stopped'].includes(state);
      expect(`${state} ${await array.code('mkfcmap -source c -target d -consistgrp g1')}`).toBe(
        `${state} ${accepted ? '' : 'CMMVC5920E'}`,
      );
    }
  });

  it('answers CMMVC6031E for an empty group', async () => {
    const array = await testArray();
    await array.ok('mkfcconsistgrp -name g1');
    expect(await array.code('prestartfcconsistgrp g1')).toBe('CMMVC6031E');
    expect(await array.attribute('lsfcconsistgrp g1', 'status')).toBe('empty');
  });

  it('refuses stop on idle where the profile says so', async () => {
    const array = await testArray({
      config: {
        system: { name: 's' },
        users: [{ name: 'u', password: 'p' }],
        pools: [{ name: 'P', capacity: '1GiB' }],
        volumes: ['a', 'b'].map((name) => ({ name, pool: 'P', size: '1MiB' })),
        profile: { stopOnIdle: 'refused' },
      },
    });
    await array.ok('mkfcmap -source a -target b');
    expect(await array.code('stopfcmap fcmap0')).toBe('CMMVC5910E');
  });
});

describe('transitions', () => {
  it('prepares asynchronously: preparing is seen, prepared comes two seconds later', async () => {
    const array = await arrayIn('idle_or_copied', true);
    await array.ok('prestartfcconsistgrp g1');
    await array.settled();
    array.clock.advance(1999);
    expect(await array.attribute('lsfcconsistgrp g1', 'status')).toBe('preparing');
    array.clock.advance(1);
    expect(await array.attribute('lsfcconsistgrp g1', 'status')).toBe('prepared');
  });

  it('ends a failed flush in stopped, for the whole group', async () => {
    const array = await arrayIn('idle_or_copied', true);
    array.faults.add({ on: 'flush', do: 'fail' });
    await array.ok('prestartfcconsistgrp g1');
    await array.settled();
    array.clock.advance(2000);
    expect(await array.attribute('lsfcconsistgrp g1', 'status')).toBe('stopped');
    await array.ok('prestartfcconsistgrp g1');
    await array.settled();
    array.clock.advance(2000);
    expect(await array.attribute('lsfcconsistgrp g1', 'status')).toBe('prepared');
  });

  it('copies in the background by its rate and becomes idle_or_copied at 100 percent', async () => {
    const array = await testArray();
    await array.ok('mkfcmap -name m1 -source a -target b -copyrate 50'); // 2 MiB/s: 4 MiB take two seconds
    await array.ok('startfcmap -prep m1');
    await array.settled();
    array.clock.advance(1000);
    expect(await array.ok('lsfcmapprogress -nohdr -delim : m1')).toBe('0:50\n');
    array.clock.advance(999);
    expect(await array.attribute('lsfcmap m1', 'status')).toBe('copying');
    array.clock.advance(1);
    expect(await array.attribute('lsfcmap m1', 'status')).toBe('idle_or_copied');
    expect(await array.attribute('lsfcmap m1', 'start_time')).toBe('261124010205');
  });

  it('copies for ever with copy rate 0', async () => {
    const array = await testArray();
    await array.ok('mkfcmap -name m1 -source a -target b -copyrate 0');
    await array.ok('startfcmap -prep m1');
    array.clock.advance(3_600_000);
    expect(await array.attribute('lsfcmap m1', 'status')).toBe('copying');
  });

  it('removes a finished mapping with autodelete, and the group that was only for it', async () => {
    const array = await testArray();
    await array.ok('mkfcconsistgrp -name g1 -autodelete');
    await array.ok('mkfcmap -name m1 -source a -target b -autodelete -consistgrp g1');
    await array.ok('startfcconsistgrp -prep g1');
    await array.settled();
    array.clock.advance(2000);
    expect(await array.code('lsfcmap m1')).toBe('CMMVC5754E');
    expect(await array.ok('lsfcconsistgrp')).toBe('');
  });

  it('goes through stopping while a dependent mapping is served, unless forced', async () => {
    for (const [flag, expected] of [
      ['', 'stopping'],
      ['-force ', 'stopped'],
    ] as const) {
      const array = await testArray();
      await array.ok('mkfcmap -name up -source a -target b -copyrate 0; startfcmap -prep up');
      await array.ok('mkfcmap -name down -source b -target c -copyrate 0; startfcmap -prep down');
      await array.settled();
      await array.ok(`stopfcmap ${flag}up`);
      expect(await array.attribute('lsfcmap up', 'status')).toBe(expected);
      array.clock.advance(60_000);
      expect(await array.attribute('lsfcmap up', 'status')).toBe('stopped');
      expect(await array.attribute('lsfcmap down', 'status')).toBe(
        flag === '' ? 'idle_or_copied' : 'stopped',
      );
    }
  });
});
