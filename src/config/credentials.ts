// Where the secret of a login is: a file, a variable, or an ssh-agent; the secret itself never stands in an inventory.
import { z } from 'zod';

export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'use the name of an environment variable');
const file = z.string().min(1);

export const credentials = {
  identityFile: file.optional(),
  /** The text of a private key; `\\n` counts as a line end. */
  privateKeyEnv: variableName.optional(),
  /** Of the private key. */
  passphraseEnv: variableName.optional(),
  /** The agent at SSH_AUTH_SOCK of the worker. */
  agent: z.literal(true, { error: 'use true, or leave it out' }).optional(),
  passwordFile: file.optional(),
  passwordEnv: variableName.optional(),
};
export type Credentials = {
  [K in keyof typeof credentials]?: z.output<(typeof credentials)[K]> | undefined;
};

/** What only SSH knows. */
export const KEY_FIELDS = ['identityFile', 'privateKeyEnv', 'passphraseEnv', 'agent'] as const;
const PLACES = ['identityFile', 'privateKeyEnv', 'agent', 'passwordFile', 'passwordEnv'] as const;

export function judgeCredential(entry: Credentials, context: z.RefinementCtx): void {
  const add = (message: string, path: string[] = []) =>
    context.addIssue({ code: 'custom', path, message });
  const named = PLACES.filter((place) => entry[place] !== undefined);
  if (named.length !== 1) add(`name one of ${PLACES.join(', ')}`);
  const key = entry.identityFile !== undefined || entry.privateKeyEnv !== undefined;
  if (entry.passphraseEnv !== undefined && !key)
    add('goes with identityFile or privateKeyEnv', ['passphraseEnv']);
}
