// How long the largest listings of the largest array take its simulator.
import { createLargeArray, printed } from './large-array.js';

const LINES = [
  'lsvdisk -bytes -delim :',
  'lsfcmap -delim :',
  'lsfcconsistgrp -delim : g',
  'lsvdiskcopy -delim :',
];
const ROUNDS = 5;

/** The best of five, in ms. */
export async function timeListings(): Promise<{ readonly line: string; readonly ms: number }[]> {
  const array = await createLargeArray();
  const times = [];
  for (const line of LINES) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = performance.now();
      await printed(array, line);
      rounds.push(performance.now() - before);
    }
    times.push({ line, ms: Math.min(...rounds) });
  }
  return times;
}
