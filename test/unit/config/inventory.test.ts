// The inventory: files relative to it, secrets never in it.
import { describe, expect, it } from 'vitest';
import { parseInventory } from '../../../src/config/inventory.js';

const KEY = `SHA256:${'A'.repeat(43)}`;
const svc = {
  kind: 'svc',
  address: '127.0.0.1:2222',
  user: 'flashcopy',
  identityFile: './id',
  hostKey: KEY,
  sessions: 6,
};
const linux = {
  ...svc,
  kind: 'linux',
  user: 'root',
  sessions: undefined,
  arrayHosts: { 'svc-lab': 'source1' },
};
const inventory = (array: object, host: object = linux) => ({
  arrays: { 'svc-lab': array },
  hosts: { source1: JSON.parse(JSON.stringify(host)) as object },
});
const parse = (value: unknown) => parseInventory(value, { baseDir: '/etc/flashcopy' });
const refused = (message: string): unknown =>
  expect.objectContaining({
    code: 'INVALID_INVENTORY',
    message: expect.stringContaining(message) as string,
  });

describe('parseInventory', () => {
  it('refuses a password in the file without repeating it', () => {
    const bad = inventory({ ...svc, password: 'hunter2' });
    expect(() => parse(bad)).toThrow(
      refused('arrays.svc-lab.password: secrets do not stand in an inventory'),
    );
    expect(() => parse(bad)).not.toThrow(/hunter2/);
  });

  it.each<[string, object, string]>([
    [
      'no credential',
      { ...svc, identityFile: undefined },
      'name one of identityFile, privateKeyEnv, agent, passwordFile, passwordEnv',
    ],
    ['two credentials', { ...svc, passwordEnv: 'X' }, 'name one of identityFile'],
    ['an unknown kind', { ...svc, kind: 'ds8k' }, 'use kind svc or model'],
    ['an address with a shell word', { ...svc, address: 'x;y:22' }, 'use host:port'],
    ['a host key that is none', { ...svc, hostKey: 'MD5:1' }, 'fingerprint'],
    ['SSH algorithms of its own', { ...svc, sshAlgorithms: 'old' }, 'use today or legacy'],
    ['a misspelt key', { ...svc, sesions: 4 }, 'did you mean sessions?'],
  ])('refuses %s', (_, array, message) => {
    expect(() => parse(inventory(JSON.parse(JSON.stringify(array)) as object))).toThrow(
      refused(message),
    );
  });

  const rest = {
    ...svc,
    wire: 'rest',
    address: 'svc1',
    hostKey: undefined,
    identityFile: undefined,
    passwordEnv: 'X',
  };
  it.each<[string, object, string]>([
    [
      'a key file over REST',
      { ...rest, passwordEnv: undefined, identityFile: './id' },
      'not with wire: rest',
    ],
    ['a host key over REST', { ...rest, hostKey: KEY }, 'not with wire: rest'],
    ['a CA over SSH', { ...svc, caFile: './ca.pem' }, 'not with wire: ssh'],
    [
      'CA and fingerprint',
      { ...rest, caFile: './ca.pem', fingerprint: 'ab'.repeat(32) },
      'not both',
    ],
    ['a fingerprint that is none', { ...rest, fingerprint: 'abcd' }, 'SHA-256'],
  ])('refuses %s', (_, array, message) => {
    expect(() => parse(inventory(JSON.parse(JSON.stringify(array)) as object))).toThrow(
      refused(message),
    );
  });

  it('takes an array over REST, with a second address', () => {
    const entry = { ...rest, caFile: 'ca.pem', secondAddress: 'svc1b:7443' };
    const { arrays } = parse(inventory(JSON.parse(JSON.stringify(entry)) as object));
    const read = { wire: 'rest', secondAddress: 'svc1b:7443', caFile: '/etc/flashcopy/ca.pem' };
    expect(arrays['svc-lab']).toMatchObject(read);
    expect(parse(inventory(svc)).arrays['svc-lab']).toMatchObject({ wire: 'ssh' });
  });

  it('takes files relative to its own directory', () => {
    const { arrays, hosts } = parse(inventory(svc));
    expect(arrays['svc-lab']).toMatchObject({ identityFile: '/etc/flashcopy/id', sessions: 6 });
    expect(hosts['source1']).toMatchObject({ identityFile: '/etc/flashcopy/id', sudo: false });
  });

  it('hands the options of models on', () => {
    expect(
      parse({ arrays: { a: { kind: 'model', speed: 3 } }, hosts: {} }).arrays['a'],
    ).toMatchObject({ speed: 3 });
  });
});
