// The table "Trouble on demand" of docs/simulator.md: every command in it is one the array takes, and what has no test elsewhere has it here.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { testArray } from './array.js';

const DOCS = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');

/** The commands of the table, with something for each placeholder. */
function commandsOfTheTable(): string[] {
  const [, section = ''] = /## Trouble on demand\n([\s\S]*?)\n## /.exec(DOCS) ?? [];
  const cells = section.split('\n').flatMap((line) => /^\| .* \| (`.*) \|$/.exec(line)?.[1] ?? []);
  const commands = cells.flatMap((cell) =>
    [...cell.matchAll(/`((?:sim|ch|ls|rm)[^`]+)`/g)].map(([, text = '']) => text),
  );
  return commands.flatMap((text) => {
    const plain = text
      .replace(/\[(.*?)\]/, '$1')
      .replace('VOLUME', 'a')
      .replace('COMMAND', 'mkfcmap')
      .replace('-size N', '-size 0');
    const [, before = '', either = '', or = '', after = ''] =
      /^(.*?)(\w+)\\\|(\w+)(.*)$/.exec(plain) ?? [];
    return either === '' ? [plain] : [`${before}${either}${after}`, `${before}${or}${after}`];
  });
}

const commands = commandsOfTheTable();

it('the table was read', () => {
  expect(commands.length).toBeGreaterThanOrEqual(17);
  expect(commands).toContain('simfault -on startfcconsistgrp -when after -do drop');
});

it.each(commands)('%s is taken by the array', async (command) => {
  expect(await (await testArray()).code(command)).toBe('');
});

it('a slow answer comes late, its effect does not', async () => {
  const array = await testArray();
  await array.ok(
    'mkfcmap -source a -target b -name m; simfault -on rmfcmap -when after -do delay:5000',
  );
  const before = array.clock.now();
  const answer = array.ok('rmfcmap m');
  expect(await array.code('lsfcmap m')).toBe('CMMVC5754E');
  await answer;
  expect(array.clock.now() - before).toBeGreaterThanOrEqual(5000);
});

it('volume protection can be switched on while the array runs: a volume with recent host I/O stays, until it is off again', async () => {
  const array = await testArray();
  await array.write('a', 0, 'recent');
  await array.ok('chsystem -vdiskprotectionenabled yes');
  expect(await array.code('rmvdiskhostmap -host h1 a')).toBe('CMMVC8783E');
  await array.ok('chsystem -vdiskprotectionenabled no');
  await array.ok('rmvdiskhostmap -host h1 a; rmvdisk a');
});

it('a failover at a command of choice loses that command and everybody hears of it', async () => {
  const array = await testArray();
  const heard: number[] = [];
  array.onFailover((downMs) => heard.push(downMs));
  await array.ok('simfault -on mkfcmap -do failover');
  await expect(array.execute('mkfcmap -source a -target b -name m')).rejects.toMatchObject({
    code: 'CHANNEL_LOST',
  });
  expect(heard).toEqual([5000]);
  expect(await array.code('lsfcmap m')).toBe('CMMVC5754E');
  await array.ok('mkfcmap -source a -target b -name m');
});
