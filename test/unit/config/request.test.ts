// Requests from outside: samples that must pass and samples that must not (their comments say which line is told), and hostile input.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import type { FlashCopyRequestInput } from '../../../src/config/request-input.js';
import type { requestSchema } from '../../../src/config/request-schema.js';
import { parseRequest, requestJsonSchema } from '../../../src/config/request.js';
import { FlashCopyError } from '../../../src/domain/errors.js';
import { requestInterface } from '../../../scripts/request-interface.js';
import { requestReference } from '../../../scripts/request-reference.js';

const samples = new URL('../../fixtures/requests/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, samples), 'utf8');
const valid = (file: string): unknown => parse(read(`valid/${file}`)) as unknown;

function refusalOf(value: unknown): FlashCopyError {
  try {
    parseRequest(value);
  } catch (error) {
    if (error instanceof FlashCopyError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseRequest', () => {
  it.each(readdirSync(new URL('invalid/', samples)))(
    'refuses invalid/%s and says what would be right',
    (file) => {
      const text = read(`invalid/${file}`);
      const expected = [...text.matchAll(/^# expect: (.*)$/gm)].map(([, line]) => line ?? '');
      const { family, code, message, retry } = refusalOf(parse(text));
      expect({ family, code, retry }).toEqual({
        family: 'request',
        code: 'INVALID_REQUEST',
        retry: 'never',
      });
      expect(expected.length).toBeGreaterThan(0);
      for (const line of expected) expect(message).toContain(line);
      expect(message.split('\n')).toHaveLength(expected.length);
    },
  );

  it.each(readdirSync(new URL('valid/', samples)))('accepts valid/%s', (file) => {
    expect(parseRequest(valid(file)).groups.length).toBeGreaterThan(0);
  });

  it('applies every default', () => {
    expect(parseRequest(valid('short.yaml'))).toMatchObject({
      sources: [{ units: [], applications: [], mounts: 'auto' }],
      targets: [
        { synthesis: 'auto', keepMapped: false, volumeGroups: {}, mounts: [{ readOnly: false }] },
      ],
      copy: { rate: 50, cleanRate: 50, incremental: false, grainSize: 256, waitFor: 'started' },
      ...{
        grade: 'filesystem',
        maxPauseMs: 30_000,
        maxOutageMs: 300_000,
        maxPreparedMs: 600_000,
        withinMs: 600_000,
        attempts: 2,
      },
      verify: { fileSystem: true },
    });
  });

  it('reads durations as text and as ms, and takes the closing slash off a path', () => {
    const request = parseRequest(valid('groups.yaml'));
    expect(request).toMatchObject({
      maxPauseMs: 1500,
      maxOutageMs: 600_000,
      maxPreparedMs: 3_600_000,
    });
    expect(request.sources[0]!.mounts).toEqual(['/erp', '/erp/log']);
  });

  it.each(['__proto__', 'constructor'])('refuses the key %s wherever it stands', (key) => {
    const text = JSON.stringify(valid('short.yaml')).replace(
      '"host":"backup1"',
      `"host":"backup1","volumeGroups":{"${key}":"x"}`,
    );
    expect(refusalOf(JSON.parse(text)).message).toContain(`targets[0].volumeGroups.${key}`);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('refuses 10 MB at once, and what refers to itself', () => {
    expect(refusalOf({ name: 'x'.repeat(10_000_000) }).message.length).toBeLessThan(200);
    const self: Record<string, unknown> = {};
    self['self'] = self;
    expect(refusalOf(self).code).toBe('INVALID_REQUEST');
  });

  it('takes no time over a path made to keep a matcher busy', () => {
    const at = `/${'a'.repeat(500_000)}\n`;
    const request = valid('short.yaml') as { targets: { mounts: { at: string }[] }[] };
    request.targets[0]!.mounts[0]!.at = at;
    expect(refusalOf(request).message.length).toBeLessThan(400);
  }, 2_000);

  it('answers anything at all with a request or one INVALID_REQUEST, short and without control characters', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          const { code, message } = refusalOf(value);
          expect(code).toBe('INVALID_REQUEST');
          expect(message).toMatch(/^[\x20-\x7e\n]*$/);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('answers any text in any field with a request that holds no dangerous character, or a refusal', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a; b', '$(x)', "a'b", 'a\nb', '-rf', 'ok_name'),
    );
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('name', 'source', 'target', 'host', 'from', 'at'),
        (hostile, field) => {
          const put = (name: string, usual: string) => (name === field ? hostile : usual);
          const request = {
            ...{ name: put('name', 'n'), array: 'svc' },
            volumes: [{ source: put('source', 's'), target: put('target', 't') }],
            sources: [{ host: put('host', 'h'), method: 'quiesce' }],
            targets: [{ host: 'b', mounts: [{ from: put('from', '/d'), at: put('at', '/c') }] }],
          };
          try {
            parseRequest(request);
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_REQUEST' });
            return;
          }
          expect(hostile).toMatch(/^[A-Za-z0-9._@:+,=/ -]+$/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the published schema', () => {
  it('needs a method and names no default for it', () => {
    const text = JSON.stringify(requestJsonSchema());
    expect(text).toContain('"required":["host","method"]');
  });

  it('is what docs/request.md says', () => {
    expect(readFileSync(new URL('../../../docs/request.md', import.meta.url), 'utf8')).toBe(
      requestReference(),
    );
  });
});

describe('the request in TypeScript', () => {
  it('is what src/config/request-input.ts says, each field with its description', async () => {
    const file = new URL('../../../src/config/request-input.ts', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(await requestInterface());
  });

  it('takes exactly what the schema takes', () => {
    type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
    type Ours = Writable<FlashCopyRequestInput>;
    type Schemas = z.input<typeof requestSchema>;
    const same: [Ours] extends [Schemas] ? ([Schemas] extends [Ours] ? true : false) : false = true;
    expect(same).toBe(true);
  });

  it('does not compile with a field that is misspelt, at any depth', () => {
    const good = { name: 'erp', array: 'svc', sources: [] } satisfies FlashCopyRequestInput;
    const typed = (request: FlashCopyRequestInput): string => {
      try {
        parseRequest(request);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    // @ts-expect-error: nmae
    expect(typed({ nmae: 'erp', array: 'svc', sources: [] })).toContain('did you mean name?');
    // @ts-expect-error: soruce
    expect(typed({ ...good, volumes: [{ soruce: 'a', target: 'b' }] })).toContain('source?');
    // @ts-expect-error: incremetal
    expect(typed({ ...good, copy: { incremetal: true } })).toContain('incremental?');
    // @ts-expect-error: no such method
    expect(typed({ ...good, sources: [{ host: 'h', method: 'freeze' }] })).toContain('method');
  });
});

describe('the functions of FlashCopy', () => {
  const base = {
    ...{ name: 'n', array: 'svc', sources: [] as object[], grade: 'crash' },
    volumes: [{ source: 'a', target: 'b' }] as object[],
  };
  const problems = (value: object): string => {
    try {
      parseRequest(value);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('have quiet defaults: nothing is deleted, nothing of others is touched', () => {
    expect(parseRequest(base).copy).toMatchObject({
      kind: 'mapping',
      autodelete: false,
      dependents: 'refuse',
    });
    expect(parseRequest({ ...base, copy: { kind: 'restore' } }).copy).toMatchObject({
      autodelete: true,
    });
    expect(
      parseRequest({ ...base, copy: { kind: 'restore', autodelete: false } }).copy.autodelete,
    ).toBe(false);
  });

  it('give one source several targets, and a created target its form', () => {
    const create = { pool: 'p', thin: {} };
    const volumes = [
      { source: 'a', target: 'b', host: 'h1', adopt: 'fc_b' },
      { source: 'a', target: 'c', create },
    ];
    const [group] = parseRequest({ ...base, volumes }).groups;
    expect(group!.volumes).toEqual([
      { source: 'a', target: 'b', host: 'h1', adopt: 'fc_b' },
      { source: 'a', target: 'c', create: { pool: 'p', thin: { realPercent: 2 } } },
    ]);
  });

  it.each<[string, object, string]>([
    [
      'a restore that never ends',
      { copy: { kind: 'restore', rate: 0 } },
      'copy.kind = "restore": never happens',
    ],
    [
      'a clone that never ends',
      { copy: { autodelete: true, rate: 0 } },
      'copy.autodelete = true: never happens',
    ],
    ['a kind nobody knows', { copy: { kind: 'mirror' } }, 'copy.kind = "mirror"'],
    ['sources that were forgotten', { sources: undefined }, 'sources = (missing)'],
    [
      'one target twice for one source',
      { volumes: [...base.volumes, ...base.volumes] },
      'is already volumes[0].target',
    ],
  ])('refuse %s', (_what, change, says) => {
    expect(problems(JSON.parse(JSON.stringify({ ...base, ...change })) as object)).toContain(says);
  });
});

describe('snapshots', () => {
  const request = (
    snapshot: object | undefined,
    more: object = {},
    kind = 'snapshot',
  ): unknown => ({
    ...{ name: 'n', array: 'svc', sources: [], grade: 'crash', volumes: [{ source: 'a' }] },
    copy: {
      kind,
      ...(snapshot === undefined ? {} : { snapshot: { volumeGroup: 'vg', ...snapshot } }),
    },
    ...more,
  });
  const linesOf = (value: unknown): string[] => refusalOf(value).message.split('\n');

  it('name no target, with clones the new volumes, and a restore the volumes that are overwritten', () => {
    expect(parseRequest(request({}))).toMatchObject({
      groups: [{ volumes: [{ source: 'a', target: '' }] }],
      copy: {
        kind: 'snapshot',
        autodelete: false,
        snapshot: { volumeGroup: 'vg', safeguarded: false },
      },
    });
    const cloned = request(
      { clone: 'thinclone', retentionDays: 7 },
      { volumes: [{ source: 'a', target: 'a_clone' }] },
    );
    expect(parseRequest(cloned).copy.snapshot).toMatchObject({
      clone: 'thinclone',
      retentionDays: 7,
    });
    const uid = '60'.repeat(16);
    const back = request(
      { restoreFrom: 's1' },
      { volumes: [{ target: 'a', overwrite: uid }] },
      'restore-snapshot',
    );
    expect(parseRequest(back).groups[0]!.volumes).toEqual([
      { source: '', target: 'a', overwrite: uid },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['without volume group', request(undefined), 'copy.snapshot = (missing)'],
    [
      'of mappings',
      request({}, { volumes: [{ source: 'a', target: 'b' }] }, 'mapping'),
      'copy.snapshot = {...}',
    ],
    ['kept for 0 days', request({ retentionDays: 0 }), 'copy.snapshot.retentionDays = 0'],
    [
      'kept for too long',
      request({ retentionDays: 32_768 }),
      'copy.snapshot.retentionDays = 32768',
    ],
    [
      'kept for more minutes than a day has',
      request({ retentionMinutes: 1441 }),
      'copy.snapshot.retentionMinutes = 1441',
    ],
    [
      'kept for days and minutes',
      request({ retentionDays: 1, retentionMinutes: 1 }),
      'copy.snapshot.retentionMinutes = 1',
    ],
    ['safeguarded for ever', request({ safeguarded: true }), 'copy.snapshot.safeguarded = true'],
    ['with a pool for nothing', request({ clonePool: 'p' }), 'copy.snapshot.clonePool = "p"'],
    [
      'that are restored and taken',
      request({ restoreFrom: 's' }),
      'copy.snapshot.restoreFrom = "s"',
    ],
    [
      'with targets nobody makes',
      request({}, { volumes: [{ source: 'a', target: 'b' }] }),
      'volumes[0].target = "b"',
    ],
    ['without source', request({}, { volumes: [{ host: 'h' }] }), 'volumes[0].source = (missing)'],
    ['cloned without name', request({ clone: 'clone' }), 'volumes[0].target = (missing)'],
    [
      'cloned over something',
      request(
        { clone: 'clone' },
        { volumes: [{ source: 'a', target: 'b', create: { pool: 'p' } }] },
      ),
      'volumes[0].create = {...}',
    ],
    [
      'restored from nothing',
      request({}, { volumes: [{ target: 'a' }] }, 'restore-snapshot'),
      'copy.snapshot.restoreFrom',
    ],
    [
      'restored and kept',
      request(
        { restoreFrom: 's', retentionDays: 1 },
        { volumes: [{ target: 'a' }] },
        'restore-snapshot',
      ),
      'copy.snapshot.retentionDays = 1',
    ],
    [
      'restored from a volume',
      request(
        { restoreFrom: 's' },
        { volumes: [{ source: 'b', target: 'a' }] },
        'restore-snapshot',
      ),
      'volumes[0].source = "b"',
    ],
  ])('are refused %s', (_what, value, says) => {
    const lines = linesOf(value);
    expect(lines.join('\n')).toContain(says);
    expect(lines).toHaveLength(1);
  });

  it('leave the other kinds as they were: source and target are needed', () => {
    const value = {
      name: 'n',
      array: 'svc',
      sources: [],
      volumes: [{ target: 'b' }, { source: 'c' }],
    };
    expect(linesOf(value)).toEqual([
      'volumes[0].source = (missing): name the source volume',
      'volumes[1].target = (missing): name the target volume',
    ]);
  });
});
