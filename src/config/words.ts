// The small grammars of requests and inventories: names, paths, units, durations, UIDs. Nothing that a shell could misread passes here.
import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { isMountPoint, isVolumeGroupName } from '../domain/host-names.js';
import { isObjectName, isSetName } from '../domain/names.js';

const UNIT =
  /^[A-Za-z0-9][A-Za-z0-9:_.@\\-]*\.(service|mount|socket|timer|target|path|slice|scope)$/;

export const objectName = z
  .string()
  .refine(
    isObjectName,
    'use 1-63 of A-Z a-z 0-9 . - _ and inner spaces, starting with a letter or _',
  )
  .describe('Name of an object of the array');

export const setName = z
  .string()
  .refine(isSetName, 'use 1-63 of A-Z a-z 0-9 _ -, starting with a letter')
  .describe('Name of the set: what is copied together, again and again');

export const hostName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'use 1-63 of A-Z a-z 0-9 . _ -, starting with a letter or digit',
  );

export const volumeGroupName = z
  .string()
  .refine(isVolumeGroupName, 'use 1-121 of A-Z a-z 0-9 + _ . -, not starting with -');

const withoutClosingSlash = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;

export const mountPoint = z
  .string()
  .refine(
    (path) => isMountPoint(withoutClosingSlash(path)),
    'use an absolute path without . and .., of letters, digits and . _ @ : + , = -',
  )
  .transform(withoutClosingSlash);

export const unitName = z
  .string()
  .max(255, 'use at most 255 characters')
  .regex(UNIT, 'use the full name of a systemd unit, e.g. postgresql.service');

export const vdiskUid = z
  .string()
  .regex(/^[0-9A-Fa-f]{32}$/, "use the volume's UID as lsvdisk shows it: 32 hex digits")
  .transform((uid) => uid.toUpperCase());

/** ms as a number, or text as package `ms` reads it: `30s`, `5m`. */
export const duration = (shortestMs: number, longestMs: number) =>
  z
    .union([z.number(), z.string().max(20)], {
      error: 'use ms as a number, or a text such as 30s or 5m',
    })
    .transform((value) =>
      typeof value === 'number' ? value : (ms(value as StringValue) as number | undefined),
    )
    .refine(
      (value): value is number => value !== undefined && value >= shortestMs && value <= longestMs,
      `use ms as a number or a text such as 30s or 5m, from ${ms(shortestMs)} to ${ms(longestMs)}`,
    );
