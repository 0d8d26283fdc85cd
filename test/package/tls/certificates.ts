// A certificate authority for one test, by the openssl program: server, client, and what is refused.
import path from 'node:path';
import { execa } from 'execa';

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  /** PEM file of the authority itself. */
  readonly ca: string;
  /** Signed for `name`; valid for so many days, expired with a negative number. */
  issue(name: string, days?: number): Promise<Certificate>;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** In `folder`, which must exist. */
export async function createAuthority(folder: string, name: string): Promise<Authority> {
  const at = (file: string): string => path.join(folder, `${name}-${file}`);
  const [ca, caKey] = [at('ca.pem'), at('ca.key')];
  const subject = ['-subj', `/CN=${name}`];
  const own = ['req', '-x509', ...KEY, '-keyout', caKey, '-out', ca, ...subject, '-days', '2'];
  await execa('openssl', own);
  const issue = async (who: string, days = 2): Promise<Certificate> => {
    const [certificate, key, request] = [at(`${who}.pem`), at(`${who}.key`), at(`${who}.csr`)];
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const asked = ['req', ...KEY, '-keyout', key, '-out', request, '-subj', `/CN=${who}`, ...names];
    await execa('openssl', asked);
    const signed = ['x509', '-req', '-in', request, '-CA', ca, '-CAkey', caKey];
    const copied = ['-copy_extensions', 'copy', '-days', String(days), '-out', certificate];
    await execa('openssl', [...signed, ...copied]);
    return { certificate, key };
  };
  return { ca, issue };
}
