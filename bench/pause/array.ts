// The bench's own look at the array, by hand over SSH: how long its last start took, and a group made ready for a script's round.
import { readFile } from 'node:fs/promises';
import { guest } from '../../lab/guest.js';
import { inLab, labDirectory } from '../../lab/paths.js';
import { until } from '../../lab/until.js';

const svc = guest(labDirectory, 'svc-lab');

/** ms the array itself needed for its newest start. */
export async function lastStartMs(): Promise<number> {
  const rows = (await readFile(inLab('store', 'starts.csv'), 'utf8')).trim().split('\n');
  const ms = Number(rows.at(-1)?.split(',').at(-1));
  if (!Number.isFinite(ms)) throw new Error('the array recorded no start');
  return ms;
}

const line = (command: string) => svc.command(command);

async function group(): Promise<{ name: string; state: string }> {
  const row = (await line('lsfcconsistgrp -nohdr -delim :'))
    .split('\n')
    .find((one) => one.includes(':bench_'));
  const [, name = '', state = ''] = row?.split(':') ?? [];
  return { name, state };
}

/** Brings the bench's group to `prepared` and answers its name. */
export async function prepareByHand(): Promise<string> {
  await until(
    'the background copy',
    { within: 60_000 },
    async () => (await group()).state === 'idle_or_copied' || undefined,
  );
  const { name } = await group();
  await line(`prestartfcconsistgrp ${name}`);
  await until(
    'prepared',
    { within: 60_000 },
    async () => (await group()).state === 'prepared' || undefined,
  );
  return name;
}
