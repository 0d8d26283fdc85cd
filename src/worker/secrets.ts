// Secrets of an inventory, read when they are needed and remembered for one purpose: to be struck out of whatever leaves the worker.
import { readFileSync } from 'node:fs';
import { FlashCopyError } from '../domain/errors.js';

/** Where a secret is: one of the three. */
export interface CredentialPlace {
  readonly identityFile?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly passwordEnv?: string | undefined;
}

export type Credential = { readonly privateKey: string } | { readonly password: string };

export class Secrets {
  readonly #known = new Set<string>();

  /** All texts read so far. */
  list(): readonly string[] {
    return [...this.#known];
  }

  /** Throws CREDENTIAL_MISSING with the place, never with the text. */
  read(owner: string, place: CredentialPlace): Credential {
    if (place.identityFile !== undefined) return { privateKey: this.#keep(this.#file(owner, place.identityFile)) };
    if (place.passwordFile !== undefined)
      return { password: this.#keep(this.#file(owner, place.passwordFile).trimEnd()) };
    const name = place.passwordEnv ?? '';
    const password = process.env[name];
    if (password === undefined || password === '') throw missing(owner, `environment variable ${name} is not set`);
    return { password: this.#keep(password) };
  }

  /** For doors that take nothing but a password. Throws CREDENTIAL_MISSING. */
  password(owner: string, place: CredentialPlace): string {
    const credential = this.read(owner, place);
    if ('password' in credential) return credential.password;
    throw missing(owner, 'passwordFile or passwordEnv is needed');
  }

  /** No secret, but read like one. Throws CREDENTIAL_MISSING. */
  certificate(owner: string, file: string | undefined): string | undefined {
    return file === undefined ? undefined : this.#file(owner, file);
  }

  #file(owner: string, file: string): string {
    try {
      return readFileSync(file, 'utf8');
    } catch (cause) {
      throw missing(owner, `${file}: ${cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'}`);
    }
  }

  #keep(secret: string): string {
    this.#known.add(secret);
    return secret;
  }
}

const missing = (owner: string, why: string): FlashCopyError =>
  new FlashCopyError({
    family: 'transport',
    code: 'CREDENTIAL_MISSING',
    message: `${owner}: CREDENTIAL_MISSING; ${why}`,
  });
