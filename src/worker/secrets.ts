// Secrets of an inventory, read when they are needed and remembered for one purpose: to be struck out of whatever leaves the worker.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { secretForms } from '../activities/redaction.js';
import { FlashCopyError } from '../domain/errors.js';

/** Where a secret is: one of the five; `passphraseEnv` only beside a key. */
export interface CredentialPlace {
  readonly identityFile?: string | undefined;
  readonly privateKeyEnv?: string | undefined;
  readonly passphraseEnv?: string | undefined;
  /** The agent at SSH_AUTH_SOCK: keys never enter this process. */
  readonly agent?: boolean | undefined;
  readonly passwordFile?: string | undefined;
  readonly passwordEnv?: string | undefined;
}

export interface Credential {
  readonly privateKey?: string;
  readonly passphrase?: string;
  /** Path of an ssh-agent's socket. */
  readonly agent?: string;
  readonly password?: string;
}

/** Tokens come anew every hour or so; older ones are worth nothing any more. */
const MOST_TOKENS = 100;

export class Secrets {
  readonly #known = new Set<string>();
  readonly #tokens: string[] = [];
  #list: readonly string[] | undefined;

  /** All texts read so far, in every form they may appear in. The same list until another one is read. */
  list(): readonly string[] {
    return (this.#list ??= [...new Set([...this.#known, ...this.#tokens].flatMap(secretForms))]);
  }

  /** Throws CREDENTIAL_MISSING or CREDENTIAL_EXPOSED with the place, never with the text. */
  read(owner: string, place: CredentialPlace): Credential {
    if (place.agent === true) return { agent: variable(owner, 'SSH_AUTH_SOCK') };
    const key = this.#key(owner, place);
    if (key === undefined) return { password: this.#password(owner, place) };
    if (place.passphraseEnv === undefined) return { privateKey: key };
    return { privateKey: key, passphrase: this.keep(variable(owner, place.passphraseEnv)) };
  }

  /** For doors that take nothing but a password. Throws as `read`. */
  password(owner: string, place: CredentialPlace): string {
    const { password } = this.read(owner, place);
    if (password !== undefined) return password;
    throw missing(owner, 'passwordFile or passwordEnv is needed');
  }

  /** No secret, but read like one. Throws CREDENTIAL_MISSING. */
  certificate(owner: string, file: string | undefined): string | undefined {
    return file === undefined ? undefined : read(owner, file, 'public');
  }

  keep(secret: string): string {
    this.#known.add(secret);
    this.#list = undefined;
    return secret;
  }

  /** A secret that was given for a while. */
  keepToken(token: string): void {
    this.#tokens.push(token);
    if (this.#tokens.length > MOST_TOKENS) this.#tokens.shift();
    this.#list = undefined;
  }

  #key(owner: string, { identityFile, privateKeyEnv }: CredentialPlace): string | undefined {
    if (identityFile !== undefined) return this.keep(read(owner, identityFile, 'secret'));
    return privateKeyEnv === undefined
      ? undefined
      : this.keep(withLines(variable(owner, privateKeyEnv)));
  }

  #password(owner: string, { passwordFile, passwordEnv }: CredentialPlace): string {
    if (passwordFile !== undefined) return this.keep(read(owner, passwordFile, 'secret').trimEnd());
    return this.keep(variable(owner, passwordEnv ?? ''));
  }
}

/** Many places that hold variables cannot hold line ends: `\n` is taken for one, and the last one is put back. */
const withLines = (key: string): string => `${key.replaceAll('\\n', '\n').trimEnd()}\n`;

function variable(owner: string, name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw missing(owner, `environment variable ${name} is not set`);
  return value;
}

function read(owner: string, file: string, kind: 'secret' | 'public'): string {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    if (kind === 'secret') refuseExposed(owner, file, fstatSync(handle));
    return readFileSync(handle, 'utf8');
  } catch (cause) {
    if (cause instanceof FlashCopyError) throw cause;
    throw missing(
      owner,
      `${file}: ${cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'}`,
    );
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** As ssh does it; but a file of another owner (a secret that an orchestrator mounts) may be readable by our group: its mode is not ours to set. */
function refuseExposed(
  owner: string,
  file: string,
  { mode, uid }: { mode: number; uid: number },
): void {
  const others = mode & 0o007;
  const group = mode & (uid === process.getuid?.() ? 0o070 : 0o030);
  if (others === 0 && group === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(3, '0');
  throw new FlashCopyError({
    family: 'transport',
    code: 'CREDENTIAL_EXPOSED',
    message: `${owner}: CREDENTIAL_EXPOSED; ${file} has mode ${shown}: others than its owner may use it; chmod 600 ${file}`,
    details: { file, mode: shown },
  });
}

const missing = (owner: string, why: string): FlashCopyError =>
  new FlashCopyError({
    family: 'transport',
    code: 'CREDENTIAL_MISSING',
    message: `${owner}: CREDENTIAL_MISSING; ${why}`,
  });
