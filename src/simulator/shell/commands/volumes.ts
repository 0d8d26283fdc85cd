// mkvdisk and mkvolume. A new volume reads as zeros and takes its room of the pool: all of it, or, thin, what is set aside.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import type { Pool, Thin } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { change, named, type Commands } from '../command.js';
import { checkIoGroup } from './nodes.js';
import { volumeFromSnapshot } from './population.js';
import { createVolume } from '../../flashcopy/volume-creation.js';

const UNITS = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40, pb: 2 ** 50 } as const;
const UNIT_NAMES = Object.keys(UNITS) as (keyof typeof UNITS)[];
/** `-size` in `-unit` (default MB, base 2). */
export function sizeBytes(args: Arguments): number {
  const unit = UNITS[args.choice('unit', UNIT_NAMES) ?? 'mb'];
  const size = args.required('size');
  if (!/^\d+(\.\d+)?$/.test(size)) throw refuse('CMMVC5767E', '-size');
  return Math.round(Number(size) * unit);
}

/** `2%` of the size, or an amount. */
export function thinFrom(text: string, bytes: number, more: Omit<Thin, 'realBytes'>): Thin {
  const percent = /^(\d+)%$/.exec(text)?.[1];
  if (percent === undefined && text !== 'auto' && !/^\d+$/.test(text))
    throw refuse('CMMVC5767E', text);
  const realBytes = Math.min(bytes, Math.ceil((bytes * Number(percent ?? '2')) / 100));
  return { ...more, realBytes };
}

function warningPercent(args: Arguments, otherwise: number): number {
  const text = args.value('warning');
  if (text === undefined) return otherwise;
  const percent = /^(\d+)%?$/.exec(text)?.[1];
  if (percent === undefined || Number(percent) > 100) throw refuse('CMMVC5767E', '-warning');
  return Number(percent);
}

function thinOfVdisk(args: Arguments, bytes: number): Thin | undefined {
  const rsize = args.value('rsize');
  const grainKiB = Number(args.choice('grainsize', ['8', '32', '64', '128', '256']) ?? '256');
  if (rsize === undefined) {
    if (args.has('compressed') || args.has('deduplicated')) throw refuse('CMMVC5707E', '-rsize');
    return undefined;
  }
  const [compressed, deduplicated] = [args.has('compressed'), args.has('deduplicated')];
  const more = { grainKiB, warningPercent: warningPercent(args, 80), compressed, deduplicated };
  return thinFrom(rsize, bytes, { ...more, autoexpand: args.has('autoexpand') });
}

async function mkvdisk(machine: Machine, args: Arguments): Promise<string> {
  const pool = poolNamed(machine, args.required('mdiskgrp'));
  checkIoGroup(machine, args.value('iogrp'));
  const bytes = sizeBytes(args);
  const thin = thinOfVdisk(args, bytes);
  const volume = await createVolume(machine, {
    ...{ name: args.value('name'), pool, bytes },
    ...(thin === undefined ? {} : { thin }),
  });
  return `Virtual Disk, id [${volume.id}], successfully created\n`;
}

/** Mirrored volumes (`pool1:pool2`) have two copies; here the first one counts. */
function poolNamed(machine: Machine, text: string): Pool {
  const pools = text.split(':').map((name) => named(machine.state.pools, name));
  const [pool] = pools;
  if (!pool) throw refuse('CMMVC5707E', 'a pool');
  return pool;
}

async function mkvolume(machine: Machine, args: Arguments): Promise<string> {
  if (args.has('type')) return volumeFromSnapshot(machine, args);
  const pool = poolNamed(machine, args.required('pool'));
  checkIoGroup(machine, args.value('iogrp'));
  const bytes = sizeBytes(args);
  const group = args.value('volumegroup');
  const [compressed, deduplicated] = [args.has('compressed'), args.has('deduplicated')];
  const more = {
    grainKiB: 256,
    warningPercent: warningPercent(args, 80),
    compressed,
    deduplicated,
  };
  const isThin = args.has('thin') || compressed || deduplicated;
  const thin = thinFrom(args.value('buffersize') ?? '2%', bytes, {
    ...more,
    autoexpand: !args.has('noautoexpand'),
  });
  const volume = await createVolume(machine, {
    ...{ name: args.value('name'), pool, bytes, noRoom: 'CMMVC8710E' },
    ...(isThin ? { thin } : {}),
    ...(group === undefined ? {} : { group: named(machine.state.volumeGroups, group).id }),
  });
  return `Volume, id [${volume.id}], successfully created\n`;
}

const MKVDISK = {
  values: [
    ...[
      'name',
      'mdiskgrp',
      'iogrp',
      'size',
      'unit',
      'rsize',
      'warning',
      'grainsize',
      'easytier',
      'copies',
      'cache',
    ],
    ...['udid', 'vtype', 'preferrednode', 'node', 'syncrate', 'mirrorwritepriority'],
  ],
  switches: ['autoexpand', 'compressed', 'deduplicated', 'nofmtdisk', 'fmtdisk'],
};
const MKVOLUME = {
  values: [
    ...[
      'name',
      'pool',
      'size',
      'unit',
      'iogrp',
      'buffersize',
      'warning',
      'grainsize',
      'volumegroup',
      'cache',
      'udid',
    ],
    ...['type', 'fromsnapshotid', 'fromsourcevolume', 'preferrednode'],
  ],
  switches: ['thin', 'compressed', 'deduplicated', 'noautoexpand', 'nofmtdisk'],
};

export const volumeCommands: Commands = {
  mkvdisk: change(MKVDISK, mkvdisk),
  mkvolume: change(MKVOLUME, mkvolume),
};
