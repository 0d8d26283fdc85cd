// Who may log in: by password, or by public key with a signature that fits.
import ssh2, { type AuthContext } from 'ssh2';
import type { SimulatorConfig } from '../config.js';
import { sameBytes, sameText } from '../same-text.js';

type User = SimulatorConfig['users'][number];

/** Accepts or refuses; a refused client learns which methods would do. */
export function authenticate(users: readonly User[], context: AuthContext): void {
  const user = users.find(({ name }) => name === context.username);
  if (user && isGenuine(user, context)) context.accept();
  else context.reject(['publickey', 'password']);
}

function isGenuine(user: User, context: AuthContext): boolean {
  if (context.method === 'password')
    return user.password !== undefined && sameText(user.password, context.password);
  if (context.method !== 'publickey' || user.publicKey === undefined) return false;
  const key = ssh2.utils.parseKey(user.publicKey);
  if (key instanceof Error || !sameBytes(key.getPublicSSH(), context.key.data)) return false;
  // Without a signature the client only asks whether this key would do.
  return (
    !context.signature ||
    !context.blob ||
    key.verify(context.blob, context.signature, context.hashAlgo)
  );
}
