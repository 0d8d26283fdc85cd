// The inventory: which arrays and hosts exist, how they are reached, and where (not what) the secrets are. Parsing only; no file is read here.
import path from 'node:path';
import { z } from 'zod';
import { refuseHostile } from './hostile.js';
import { inputError, issueLines } from './problem.js';
import {
  credentials,
  judgeCredential,
  KEY_FIELDS,
  variableName,
  type Credentials,
} from './credentials.js';
import { hostName, objectName } from './words.js';

const SSH_ONLY = [...KEY_FIELDS, 'hostKey', 'sshAlgorithms'] as const;
const REST_ONLY = ['caFile', 'fingerprint', 'serverName'] as const;
const REST_TRUST = 'it takes passwordFile or passwordEnv, and caFile or fingerprint';
const SSH_TRUST = 'it takes hostKey';

const address = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/, 'use host:port, e.g. svc1.example:22')
  .refine((text) => Number(/:(\d+)$/.exec(text)?.[1] ?? 22) <= 65_535, 'use a port up to 65535');
const hostKey = z
  .string()
  .regex(
    /^SHA256:[A-Za-z0-9+/]{43}=?$/,
    'use the fingerprint of the host key as ssh-keygen -lf shows it: SHA256:...',
  )
  .optional();
/** `legacy`: also the algorithms that old code levels offer alone; they are weaker. */
const sshAlgorithms = z.enum(['today', 'legacy'], { error: 'use today or legacy' }).optional();
const user = z.string().regex(/^[A-Za-z_][A-Za-z0-9._-]{0,63}$/, 'use a login name');

/** 32 pairs of hex digits, with or without colons. */
const fingerprint = z
  .string()
  .regex(
    /^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/,
    'use the SHA-256 fingerprint of the certificate as openssl x509 -noout -fingerprint -sha256 shows it',
  );

const svcArray = z
  .strictObject({
    kind: z.literal('svc'),
    /** How commands travel: the command line over SSH (default), or the REST door. */
    wire: z.enum(['ssh', 'rest']).default('ssh'),
    address,
    /** The second management address: taken when the first does not answer. */
    secondAddress: address.optional(),
    user,
    hostKey,
    sshAlgorithms,
    /** REST: PEM of the CA, or of the certificate itself. */
    caFile: z.string().min(1).optional(),
    fingerprint: fingerprint.optional(),
    /** REST: the name in the certificate, where it is not the host of the address. */
    serverName: z.string().min(1).optional(),
    sessions: z.int().min(2).max(32).default(4),
    ...credentials,
  })
  .superRefine(judgeCredential)
  .superRefine((entry, context) => {
    const [wrong, right] = entry.wire === 'rest' ? [SSH_ONLY, REST_TRUST] : [REST_ONLY, SSH_TRUST];
    for (const field of wrong)
      if (entry[field] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `not with wire: ${entry.wire}; ${right}`,
        });
    if (entry.caFile !== undefined && entry.fingerprint !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['fingerprint'],
        message: 'use caFile or fingerprint, not both',
      });
  });
const linuxHost = z
  .strictObject({
    kind: z.literal('linux'),
    ...{ address, user, hostKey, sshAlgorithms, ...credentials },
    sudo: z.boolean().default(false),
    arrayHosts: z.record(hostName, objectName),
  })
  .superRefine(judgeCredential);
/** Model arrays and hosts of `temporal-flashcopy/testing`, in the worker's own process. */
const modelArray = z.looseObject({ kind: z.literal('model') });
const modelHost = z.looseObject({
  kind: z.literal('model'),
  arrayHosts: z.record(hostName, objectName).optional(),
});

const codecKey = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'use 1-64 of A-Z a-z 0-9 . _ -'),
    keyEnv: variableName.optional(),
    keyFile: z.string().min(1).optional(),
  })
  .refine(
    (key) => (key.keyEnv === undefined) !== (key.keyFile === undefined),
    'name one of keyEnv, keyFile',
  );
const codecSchema = z.strictObject({
  /** The first one encrypts, all of them decrypt. */
  keys: z.array(codecKey).min(1, 'name at least one key').max(64),
  encodeFailures: z.boolean().default(true),
});

const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'use a URL that starts with https:// or http://',
});
const atMostOne = (values: readonly unknown[]) =>
  values.filter((one) => one !== undefined).length <= 1;

/** Who is told when a person is needed. Some URLs are secrets themselves: those stand in a file or in the environment. */
const notify = z
  .strictObject({
    /** Program and its words; no shell. Gets JSON on standard input. */
    command: z.array(z.string().max(1_000)).min(1, 'name a program').optional(),
    /** Gets the same JSON as the body of a POST. */
    webhook: httpUrl.optional(),
    webhookFile: z.string().min(1).optional(),
    webhookEnv: variableName.optional(),
    /** Sent as `Authorization: Bearer ...`. */
    tokenFile: z.string().min(1).optional(),
    tokenEnv: variableName.optional(),
  })
  .refine(
    (n) => atMostOne([n.webhook, n.webhookFile, n.webhookEnv]),
    'name one of webhook, webhookFile, webhookEnv',
  )
  .refine((n) => atMostOne([n.tokenFile, n.tokenEnv]), 'name one of tokenFile, tokenEnv');

export const inventorySchema = z.strictObject({
  temporal: z
    .strictObject({
      /** A profile of temporal.toml: address, namespace, TLS, API key, gRPC headers. */
      profile: z.string().min(1).optional(),
      address: address.optional(),
      namespace: z.string().min(1).optional(),
      taskQueue: z.string().min(1).optional(),
      ui: z.url().optional(),
      /** Payloads are encrypted before they leave client and worker. */
      codec: codecSchema.optional(),
    })
    .optional(),
  notify: notify.optional(),
  arrays: z.record(
    hostName,
    z.discriminatedUnion('kind', [svcArray, modelArray], { error: 'use kind svc or model' }),
  ),
  hosts: z.record(
    hostName,
    z.discriminatedUnion('kind', [linuxHost, modelHost], { error: 'use kind linux or model' }),
  ),
});

export type Inventory = z.output<typeof inventorySchema>;
export type InventoryInput = z.input<typeof inventorySchema>;
export type ArrayEntry = Inventory['arrays'][string];
export type HostEntry = Inventory['hosts'][string];

/** Files named in it are relative to `baseDir`, the inventory's own directory. Throws INVALID_INVENTORY. */
export function parseInventory(
  value: unknown,
  { baseDir }: { readonly baseDir: string },
): Inventory {
  refuseHostile('INVALID_INVENTORY', value);
  const inline = inlineSecrets(value);
  if (inline.length > 0) throw inputError('INVALID_INVENTORY', inline);
  const parsed = inventorySchema.safeParse(value);
  if (!parsed.success) {
    throw inputError(
      'INVALID_INVENTORY',
      parsed.error.issues.flatMap((issue) => issueLines(value, issue, () => FIELDS)),
    );
  }
  for (const entry of [...Object.values(parsed.data.arrays), ...Object.values(parsed.data.hosts)]) {
    const files = entry as Credentials & { caFile?: string | undefined };
    for (const field of ['identityFile', 'passwordFile', 'caFile'] as const)
      if (files[field] !== undefined) files[field] = path.resolve(baseDir, files[field]);
  }
  for (const key of parsed.data.temporal?.codec?.keys ?? [])
    if (key.keyFile !== undefined) key.keyFile = path.resolve(baseDir, key.keyFile);
  const told = parsed.data.notify;
  for (const field of ['webhookFile', 'tokenFile'] as const)
    if (told?.[field] !== undefined) told[field] = path.resolve(baseDir, told[field]);
  return parsed.data;
}

const FIELDS = [
  'temporal',
  'profile',
  'notify',
  'command',
  'webhook',
  'webhookFile',
  'webhookEnv',
  'tokenFile',
  'tokenEnv',
  'arrays',
  'hosts',
  'kind',
  'wire',
  'address',
  'secondAddress',
  'user',
  'hostKey',
  'sshAlgorithms',
  'caFile',
  'fingerprint',
  'serverName',
  'sessions',
  'sudo',
  'arrayHosts',
  ...Object.keys(credentials),
  'namespace',
  'taskQueue',
  'ui',
  'codec',
  'keys',
  'encodeFailures',
  'id',
  'keyEnv',
  'keyFile',
];

/** A secret that stands in the file is refused before anything could repeat it: its value is never shown. */
function inlineSecrets(value: unknown): string[] {
  const lines: string[] = [];
  for (const section of ['arrays', 'hosts']) {
    const entries = (value as Record<string, unknown> | null)?.[section];
    for (const [name, entry] of Object.entries(entries ?? {})) {
      for (const key of ['password', 'privateKey', 'token', 'passphrase']) {
        if (typeof entry === 'object' && entry !== null && Object.hasOwn(entry as object, key)) {
          lines.push(
            `${section}.${name}.${key}: secrets do not stand in an inventory; use identityFile, passwordFile or passwordEnv`,
          );
        }
      }
    }
  }
  return [...lines, ...inlineNotifySecrets((value as Record<string, unknown> | null)?.['notify'])];
}

function inlineNotifySecrets(notify: unknown): string[] {
  if (typeof notify !== 'object' || notify === null) return [];
  const { webhook } = notify as { readonly webhook?: unknown };
  const inUrl = typeof webhook === 'string' && /^[^/]*\/\/[^/]*@/.test(webhook);
  return [
    ...['password', 'token', 'authorization'].filter((key) => Object.hasOwn(notify, key)),
    ...(inUrl ? ['webhook'] : []),
  ].map((key) => `notify.${key}: secrets do not stand in an inventory; use tokenFile or tokenEnv`);
}
