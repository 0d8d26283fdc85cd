// Killed in the middle of changes, again and again: what had been answered must be there then.
import { setTimeout as delay } from 'node:timers/promises';
import { startArray, type ArrayProcess } from './process.js';
import type { Store } from './shape.js';

export interface Survived {
  readonly kills: number;
  readonly answered: number;
  /** Names whose creation was answered and that a restart does not find. */
  readonly lost: readonly string[];
  readonly restartsMs: readonly number[];
}

const KILLS = 5;

export async function killedAndBack(
  first: ArrayProcess,
  store: Store,
  dataDir: string,
): Promise<Survived> {
  const answered: string[] = [];
  const lost = new Set<string>();
  const restartsMs: number[] = [];
  let array = first;
  for (let kill = 0; kill < KILLS; kill++) {
    const changing = changeUntilDead(array, answered, kill);
    await delay(400 + 170 * kill);
    await array.kill();
    await changing;
    array = await startArray(store, dataDir);
    restartsMs.push(array.readyMs);
    const names = new Set(
      (await array.ask('lsfcconsistgrp -nohdr -delim :')).stdout.split(/[:\n]/),
    );
    for (const name of answered) if (!names.has(name)) lost.add(name);
  }
  await array.kill();
  return { kills: KILLS, answered: answered.length, lost: [...lost], restartsMs };
}

async function changeUntilDead(
  array: ArrayProcess,
  answered: string[],
  kill: number,
): Promise<void> {
  try {
    for (let at = 0; at < 60; at++) {
      const name = `k${kill}_${at}`;
      await array.ask(`mkfcconsistgrp -name ${name}`);
      answered.push(name);
    }
  } catch (error) {
    if (!String(error).includes('has ended')) throw error;
  }
}
