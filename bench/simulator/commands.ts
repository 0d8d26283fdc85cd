// What people and programs say to an array, each command several times while all copies run.
import { setTimeout as delay } from 'node:timers/promises';
import type { Answered, ArrayProcess } from './process.js';
import { COPIES } from './shape.js';

export interface Timed {
  readonly line: string;
  /** The middle one of its rounds: another program's turn on the machine is not the array's. */
  readonly ms: number;
  readonly slowestMs: number;
  /** Of its process, again the middle one. */
  readonly cpuMs: number;
}

const ROUNDS = 5;
const AGAIN = [
  ...['lsvdisk -bytes -delim :', 'lsvdisk -bytes -delim : s7', 'lsvdiskcopy -delim :'],
  ...['lsfcmap -delim :', 'lsfcmap -delim : m3', 'lsfcmapprogress m3', 'lsfcmapdependentmaps m3'],
  ...['lsfcconsistgrp -delim :', 'lsfcconsistgrp -delim : g', 'lsmdiskgrp -bytes -delim :'],
  ...['lsvdisk -delim : -filtervalue name=t9*', 'lshostvdiskmap h', 'lsiogrp 0', 'simstate'],
  ...['chfcmap -copyrate 60 m4', 'simwrite -offset 4096 -text written s5', 'simread s5'],
  ...['mkvdisk -name more -mdiskgrp P -size 1 -unit tb', 'mkvdiskhostmap -host h more'],
  ...[
    'mkfcmap -name moremap -source more -target t900',
    'prestartfcmap moremap',
    'lsfcmap moremap',
  ],
];
const UNDO = ['stopfcmap moremap', 'rmfcmap -force moremap', 'rmvdisk -force more'];
const ONCE = ['stopfcmap alone', 'addsnapshot -volumes s990:s991', 'stopfcconsistgrp g'];

export async function timeCommands(array: ArrayProcess): Promise<Timed[]> {
  const times = new Map<string, Answered[]>();
  const timed = async (line: string): Promise<void> => {
    const answer = await array.ask(line);
    times.set(line, [...(times.get(line) ?? []), answer]);
  };
  await allCopying(array, timed);
  for (let round = 0; round < ROUNDS; round++) {
    for (const line of AGAIN) await timed(line);
    await delay(2500);
    for (const line of UNDO) await timed(line);
  }
  for (const line of ONCE) await timed(line);
  await timed('lsfcmap -delim :');
  await prepared(array, timed);
  await timed('startfcconsistgrp g');
  return [...times].map(([line, all]) => {
    const ms = middle(all.map((one) => one.ms));
    const cpuMs = middle(all.map((one) => one.cpuMs));
    return { line, ms, cpuMs, slowestMs: Math.max(...all.map((one) => one.ms)) };
  });
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}

type Time = (line: string) => Promise<void>;

async function allCopying(array: ArrayProcess, timed: Time): Promise<void> {
  await array.ask('mkfcconsistgrp -name g');
  for (let at = 1; at < COPIES; at++)
    await array.ask(`mkfcmap -name m${at} -source s${at} -target t${at} -consistgrp g`);
  await array.ask('mkfcmap -name alone -source s999 -target t999');
  await array.ask('startfcmap -prep alone');
  await prepared(array, timed);
  await timed('startfcconsistgrp g');
}

async function prepared(array: ArrayProcess, timed: Time): Promise<void> {
  await timed('prestartfcconsistgrp g');
  for (let state = ''; state !== 'prepared'; await delay(200))
    state = /^status:(.*)$/m.exec((await array.ask('lsfcconsistgrp -delim : g')).stdout)?.[1] ?? '';
}
