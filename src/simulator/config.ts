// The configuration of a simulated array: what it is called, who may log in, what it holds at its first start. Text becomes values here.
import { z } from 'zod';

const UNITS = { b: 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 } as const;

/** Bytes as a number, or `256MiB`; MB and MiB are both base 2, as on the array. */
const size = z.union([z.number().int().positive(), z.string().regex(/^\d+\s*([KMGT]i?)?B?$/i)]).transform((value) => {
  if (typeof value === 'number') return value;
  const [, digits = '0', unit = ''] = /^(\d+)\s*([KMGT]?)/i.exec(value) ?? [];
  return Number(digits) * UNITS[(unit === '' ? 'b' : `${unit.toLowerCase()}ib`) as keyof typeof UNITS];
});

const user = z
  .strictObject({ name: z.string().min(1), password: z.string().optional(), publicKey: z.string().optional() })
  .refine(
    (value) => (value.password === undefined) !== (value.publicKey === undefined),
    'password or publicKey, one of them',
  );

const host = z
  .strictObject({ name: z.string(), iqn: z.string().optional(), wwpn: z.string().optional() })
  .refine((value) => value.iqn !== undefined || value.wwpn !== undefined, 'iqn or wwpn');

export const simulatorConfigSchema = z.strictObject({
  system: z.strictObject({ name: z.string(), codeLevel: z.string().default('8.6.0.0') }),
  users: z.array(user).min(1),
  pools: z.array(z.strictObject({ name: z.string(), capacity: size })).min(1),
  volumes: z.array(z.strictObject({ name: z.string(), pool: z.string(), size })).default([]),
  hosts: z.array(host).default([]),
  /** speed 10: prepare and background copy take a tenth of the time. Time stamps are never accelerated. */
  clock: z.strictObject({ speed: z.number().positive().default(1) }).default({ speed: 1 }),
  /** Points on which sources disagree; see model/profile.ts. */
  profile: z
    .strictObject({
      stopOnIdle: z.enum(['no-op', 'refused']).optional(),
      groupNameLimit: z.union([z.literal(15), z.literal(63)]).optional(),
    })
    .default({}),
});

/** As written by a person. */
export type SimulatorConfigInput = z.input<typeof simulatorConfigSchema>;
export type SimulatorConfig = z.output<typeof simulatorConfigSchema>;

/** Throws a ZodError that names the field. */
export const parseSimulatorConfig = (input: unknown): SimulatorConfig => simulatorConfigSchema.parse(input);
