// The configuration of a simulated array: what it is called, who may log in, what it holds at its first start. Text becomes values here.
import { z } from 'zod';
import { EFFECT, EFFECTS } from './faults.js';

const UNITS = { b: 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 } as const;

/** Bytes as a number, or `256MiB`; MB and MiB are both base 2, as on the array. */
const size = z
  .union([z.number().int().positive(), z.string().regex(/^\d+\s*([KMGT]i?)?B?$/i)])
  .transform((value) => {
    if (typeof value === 'number') return value;
    const [, digits = '0', unit = ''] = /^(\d+)\s*([KMGT]?)/i.exec(value) ?? [];
    return (
      Number(digits) * UNITS[(unit === '' ? 'b' : `${unit.toLowerCase()}ib`) as keyof typeof UNITS]
    );
  });

const user = z
  .strictObject({
    name: z.string().min(1),
    password: z.string().optional(),
    publicKey: z.string().optional(),
    role: z
      .enum(['Monitor', 'CopyOperator', 'Administrator', 'SecurityAdmin'])
      .default('Administrator'),
  })
  .refine(
    (value) => value.password !== undefined || value.publicKey !== undefined,
    'password or publicKey',
  );

const host = z
  .strictObject({ name: z.string(), iqn: z.string().optional(), wwpn: z.string().optional() })
  .refine((value) => value.iqn !== undefined || value.wwpn !== undefined, 'iqn or wwpn');

const volume = z.strictObject({
  name: z.string(),
  pool: z.string(),
  size,
  /** Space-efficient: takes room of the pool as it is written, and grows. */
  thin: z.boolean().default(false),
  /** Volume group it is in; made with its first volume. */
  volumeGroup: z.string().optional(),
  /** So many of them, named name1, name2, ... */
  count: z.number().int().min(1).max(15_864).default(1),
});

const times = {
  when: z.enum(['before', 'after']).default('before'),
  times: z.number().int().positive().default(1),
};

const fault = z.strictObject({
  on: z.string().min(1),
  do: z.string().regex(EFFECT, EFFECTS),
  ...times,
});

export const simulatorConfigSchema = z.strictObject({
  system: z.strictObject({
    name: z.string(),
    codeLevel: z
      .string()
      .regex(/^\d+(\.\d+)+$/)
      .default('8.6.0.0'),
  }),
  users: z.array(user).min(1),
  pools: z.array(z.strictObject({ name: z.string(), capacity: size })).min(1),
  volumes: z.array(volume).default([]),
  hosts: z.array(host).default([]),
  /** What the SSH door offers: `old` is ssh-rsa and diffie-hellman-group14-sha1 alone. */
  ssh: z.strictObject({ algorithms: z.enum(['today', 'old']).default('today') }).prefault({}),
  /** speed 10: prepare and background copy take a tenth of the time. Time stamps are never accelerated. */
  clock: z.strictObject({ speed: z.number().positive().default(1) }).default({ speed: 1 }),
  /** Where hosts reach the nodes; by default addresses of the documentation range. */
  network: z
    .strictObject({ iscsiAddresses: z.array(z.string()).min(1).max(2).optional() })
    .default({}),
  /** Points on which sources disagree; see model/profile.ts. */
  profile: z
    .strictObject({
      stopOnIdle: z.enum(['no-op', 'refused']).optional(),
      groupNameLimit: z.union([z.literal(15), z.literal(63)]).optional(),
      prepOfPrepared: z.enum(['starts', 'refused']).optional(),
      startTimeAfterStop: z.enum(['cleared', 'kept']).optional(),
      sourceWithSnapshots: z.enum(['refused', 'prepared']).optional(),
      preparedTarget: z.enum(['offline', 'online']).optional(),
      restErrors: z.enum(['text', 'json']).optional(),
      expandWithMappings: z.boolean().optional(),
    })
    .default({}),
  limits: z
    .strictObject({
      /** Array time of a flush. */
      prepareMs: z.number().int().min(0).default(2000),
      sshSessions: z.number().int().positive().default(32),
      sshConnectionsPerSecond: z.number().int().positive().default(3),
      restTokens: z.number().int().positive().default(4),
      restLoginsPerSecond: z.number().int().positive().default(3),
      restCommandsPerSecond: z.number().int().positive().default(10),
      tokenMinutes: z.number().positive().default(60),
      /** A command over REST takes so long at least: one client after the other stays below the rates, as on a real system. */
      restCommandMs: z.number().int().min(0).default(100),
      restLoginMs: z.number().int().min(0).default(350),
      flashBitmapMiB: z.number().int().min(0).max(2048).default(20),
    })
    .prefault({}),
  /** On from the start; `chlicense`, `chsystem` change them on the running system. */
  flashCopyLicensed: z.boolean().default(true),
  volumeProtection: z.boolean().default(false),
  /** Armed at every start of the simulator. */
  faults: z.array(fault).default([]),
});

/** As written by a person. */
export type SimulatorConfigInput = z.input<typeof simulatorConfigSchema>;
export type SimulatorConfig = z.output<typeof simulatorConfigSchema>;

/** Throws a ZodError that names the field. */
export const parseSimulatorConfig = (input: unknown): SimulatorConfig =>
  simulatorConfigSchema.parse(input);
