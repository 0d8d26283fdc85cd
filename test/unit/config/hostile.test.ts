// Requests and inventories made to hurt: each is one clear line, before anything is touched, in bounded time.
import { describe, expect, it } from 'vitest';
import { parseInventory } from '../../../src/config/inventory.js';
import { parseRequest } from '../../../src/config/request.js';
import { FlashCopyError } from '../../../src/domain/errors.js';

const request = {
  name: 'erp',
  array: 'svc1',
  volumes: [{ source: 'db1', target: 'db1c' }],
  sources: [{ host: 'app1', method: 'quiesce' }],
};
const asJson = (text: string): unknown => JSON.parse(text);

function refusal(
  value: unknown,
  parse: (value: unknown) => unknown = parseRequest,
): FlashCopyError {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof FlashCopyError) return error;
    throw error;
  }
  throw new Error('was taken');
}
const inventory = (value: unknown): unknown => parseInventory(value, { baseDir: '/' });

describe('a field named like something else', () => {
  it.each(['__proto__', 'constructor', 'prototype'])(
    '%s is refused by name, at any depth',
    (name) => {
      const top = asJson(`{"name":"erp","${name}":{"array":"svc1"}}`);
      expect(refusal(top).message).toBe(`${name}: this name is not allowed for a field; remove it`);
      const deep = { ...request, copy: asJson(`{"rate":50,"${name}":{"incremental":true}}`) };
      expect(refusal(deep).message).toBe(
        `copy.${name}: this name is not allowed for a field; remove it`,
      );
      expect(refusal(asJson(`{"arrays":{"${name}":{}},"hosts":{}}`), inventory).code).toBe(
        'INVALID_INVENTORY',
      );
    },
  );

  it('leaves every other object as it was', () => {
    refusal(
      asJson('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('does not hand on what a prototype holds', () => {
    const inherits: unknown = Object.create(request);
    expect(refusal(inherits).message).toBe(
      'the document: not a plain value; use what JSON can hold',
    );
  });

  it('with control characters is refused, and they are never shown', () => {
    const groups = { host: 'b', volumeGroups: { 'vg\u001b[31m\n': 'x' } };
    const { message } = refusal({ ...request, targets: [groups] });
    expect(message).toMatch(
      /^targets\[0\]\.volumeGroups\.vg\\u001b\[31m\\n: not a name of a field/,
    );
    expect(message).toMatch(/^[\x20-\x7e]+$/);
  });

  it('of a hundred kilobytes is cut short', () => {
    const { message } = refusal({ ...request, ['x'.repeat(100_000)]: 1 });
    expect(message.length).toBeLessThan(250);
  });
});

describe('a value made to hurt', () => {
  const HOSTILE = [
    '$(touch canary)',
    '`touch canary`',
    'a; touch canary',
    "a'; touch canary; '",
    'a" -force "b',
    'a\nstartfcmap 1',
    'a\r\nb',
    'a\u0000b',
    '\u001b[2J',
    '\u202Eevil',
    'a|b',
    'a&b',
    '-force',
    '../../etc/passwd',
    'x'.repeat(70_000),
    '%s%n',
    '${IFS}',
    '*',
  ];
  const places: Record<string, (word: string) => object> = {
    name: (word) => ({ name: word }),
    array: (word) => ({ array: word }),
    source: (word) => ({ volumes: [{ source: word, target: 'db1c' }] }),
    target: (word) => ({ volumes: [{ source: 'db1', target: word }] }),
    pool: (word) => ({ volumes: [{ source: 'db1', target: 'db1c', create: { pool: word } }] }),
    overwrite: (word) => ({ volumes: [{ source: 'db1', target: 'db1c', overwrite: word }] }),
    adopt: (word) => ({ volumes: [{ source: 'db1', target: 'db1c', adopt: word }] }),
    host: (word) => ({ sources: [{ host: word, method: 'quiesce' }] }),
    method: (word) => ({ sources: [{ host: 'app1', method: word }] }),
    unit: (word) => ({
      sources: [{ host: 'app1', method: 'unmount', units: [`${word}.service`] }],
    }),
    application: (word) => ({
      sources: [{ host: 'app1', method: 'quiesce', applications: [word] }],
    }),
    mount: (word) => ({ sources: [{ host: 'app1', method: 'quiesce', mounts: [`/${word}`] }] }),
    at: (word) => ({ targets: [{ host: 'b', mounts: [{ from: '/data', at: `/${word}` }] }] }),
    volumeGroup: (word) => ({ targets: [{ host: 'b', volumeGroups: { vg: word } }] }),
    maxPause: (word) => ({ maxPause: word }),
    approval: (word) => ({ approval: word }),
  };
  /** The only hostile words that a grammar of a place can say something else with: a leading dash inside a path is a file's name. */
  const harmless = new Set(['mount -force', 'at -force']);

  it.each(Object.keys(places))(
    'in %s is refused with its field, escaped and shortened',
    (place) => {
      for (const word of HOSTILE.filter((one) => !harmless.has(`${place} ${one}`))) {
        const { code, message } = refusal({ ...request, ...places[place]?.(word) });
        expect(code).toBe('INVALID_REQUEST');
        expect(message).toMatch(/^[\x20-\x7e]+$/);
        expect(message.length).toBeLessThan(400);
      }
    },
  );
});

/** Three for each character that a document may have: its name, whether it is an own field, its value. */
const MOST_READS = 3_000_000;

/** The same document, which counts how often something is asked of it, and is out of patience one day: no clock is needed to see that a walk is bounded. */
function counted(document: unknown): unknown {
  let reads = 0;
  const count = (): void => {
    reads += 1;
    if (reads > MOST_READS) throw new Error(`asked more than ${MOST_READS} times`);
  };
  const watch = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? new Proxy(value, watcher) : value;
  const watcher: ProxyHandler<object> = {
    get: (of, key) => (count(), watch(Reflect.get(of, key))),
    getOwnPropertyDescriptor: (of, key) => (count(), Reflect.getOwnPropertyDescriptor(of, key)),
  };
  return watch(document);
}

describe('a document without end', () => {
  const bounded = (value: unknown, message: RegExp): void =>
    expect(refusal(counted(value)).message).toMatch(message);

  it('of 10 MB is refused by its size', () => {
    bounded(
      { ...request, name: 'x'.repeat(10_000_000) },
      /^the document: too large, more than 1000000 characters/,
    );
    const many = {
      ...request,
      volumes: Array.from({ length: 2_000_000 }, () => ({ source: 'a', target: 'b' })),
    };
    bounded(many, /^the document: too large/);
  });

  it('that is a list of nothing but holes is refused by its length', () => {
    bounded({ ...request, volumes: new Array(4_000_000_000) }, /^the document: too large/);
  });

  it('that refers to itself, or is nested 100,000 levels deep, is refused', () => {
    const self: Record<string, unknown> = { ...request };
    self['copy'] = self;
    bounded(self, /nested deeper than 32 levels, or refers to itself/);
    bounded(asJson('[{"a":'.repeat(50_000) + '1' + '}]'.repeat(50_000)), /nested deeper than 32/);
  });

  it('whose parts are shared (2^30 leaves) is refused by its size', () => {
    const bomb = Array.from({ length: 30 }).reduce<unknown>((inner) => [inner, inner], 'x');
    bounded({ ...request, volumes: bomb }, /too large/);
  });

  it('of 60,000 unknown fields is told in a screen', () => {
    const fields = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, 1]));
    bounded({ ...request, ...fields }, /and \d+ more/);
    expect(refusal({ ...request, ...fields }).message.split('\n').length).toBeLessThan(25);
  });

  it('is not so large as 512 pairs', () => {
    const pair = (i: number) => ({
      source: `${'s'.repeat(55)}${i}`,
      target: `${'t'.repeat(55)}${i}`,
      overwrite: 'A'.repeat(32),
    });
    const volumes = Array.from({ length: 512 }, (_, i) => pair(i));
    expect(parseRequest({ ...request, volumes }).groups[0]?.volumes).toHaveLength(512);
  });
});
