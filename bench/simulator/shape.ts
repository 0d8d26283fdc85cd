// The array that is measured: as many volumes as a mid-size system has, each of 1 TiB.
import type { SimulatorConfigInput } from '../../src/simulator/index.js';

export type Store = 'memory' | 'image';
export const STORES: readonly Store[] = ['memory', 'image'];

/** Volumes s1... and t1..., half of all each. */
export const HALF = 1000;
export const COPIES = 500;

export const config: SimulatorConfigInput = {
  system: { name: 'large', codeLevel: '8.6.0.0' },
  users: [{ name: 'superuser', password: 'bench' }],
  pools: [{ name: 'P', capacity: '4000TiB' }],
  volumes: [
    { name: 's', pool: 'P', size: '1TiB', count: HALF },
    { name: 't', pool: 'P', size: '1TiB', thin: true, count: HALF },
  ],
  hosts: [{ name: 'h', iqn: 'iqn.2026-01.bench:h' }],
  limits: { flashBitmapMiB: 2048 },
};
