// The REST door's own certificate: made once, kept in the data folder, the same after every restart. Nobody signs it but itself:
// clients trust the file as their CA, or the fingerprint.
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  bits,
  context,
  integer,
  objectId,
  octets,
  sequence,
  set,
  text,
  time,
  truth,
} from './der.js';

export interface Certificate {
  readonly key: string;
  readonly certificate: string;
  /** SHA-256 as `openssl x509 -fingerprint -sha256` shows it: `AB:CD:...`. */
  readonly fingerprint: string;
  /** For `curl --cacert`. */
  readonly path: string;
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  subjectAltName: '2.5.29.17',
} as const;

/** Valid from now for ten years, for the host it listens on, localhost and the loopback addresses. */
export async function certificateIn(
  folder: string,
  about: { host: string; now: number },
): Promise<Certificate> {
  const [keyPath, path] = [join(folder, 'rest_key.pem'), join(folder, 'rest_certificate.pem')];
  let [key, certificate] = await Promise.all(
    [keyPath, path].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  if (key === undefined || certificate === undefined || key === '' || certificate === '') {
    [key, certificate] = make(about);
    await mkdir(folder, { recursive: true });
    await writeFile(keyPath, key, { mode: 0o600 });
    await writeFile(path, certificate);
  }
  return { key, certificate, fingerprint: new X509Certificate(certificate).fingerprint256, path };
}

function make({ host, now }: { host: string; now: number }): [key: string, certificate: string] {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId(OID.ecdsaWithSha256));
  const name = sequence(set(sequence(objectId(OID.commonName), text('flashcopy simulator'))));
  const validity = sequence(time(now - 86_400_000), time(now + 3650 * 86_400_000));
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const body = sequence(
    context(0, integer(Buffer.from([2])), true),
    integer(serial),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(authority(), alternativeNames(host)), true),
  );
  const der = sequence(body, algorithm, bits(sign('sha256', body, privateKey)));
  const pem = der.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
  return [
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    `-----BEGIN CERTIFICATE-----\n${pem}-----END CERTIFICATE-----\n`,
  ];
}

/** It vouches for itself, so it is its own authority. */
const authority = (): Buffer =>
  sequence(objectId(OID.basicConstraints), truth(), octets(sequence(truth())));

function alternativeNames(host: string): Buffer {
  const names = [...new Set(['localhost', '127.0.0.1', '::1', host])];
  const entries = names.map((name) => {
    const address = addressBytes(name);
    return address ? context(7, address, false) : context(2, Buffer.from(name, 'ascii'), false);
  });
  return sequence(objectId(OID.subjectAltName), octets(sequence(...entries)));
}

/** Addresses as bytes; of IPv6 the loopback and the unspecified one. */
function addressBytes(name: string): Buffer | undefined {
  if (isIP(name) === 4) return Buffer.from(name.split('.').map(Number));
  if (name === '::1') return Buffer.concat([Buffer.alloc(15), Buffer.from([1])]);
  return name === '::' ? Buffer.alloc(16) : undefined;
}
