// The codec: what it hides, what it refuses, and that a refusal shows nothing.
import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { AesGcmCodec, encryptingConverter } from '../../../src/codec/index.js';

const key = (id: string) => ({ id, key: randomBytes(32).toString('base64') });
const plain = { volumes: [{ source: 'db1', text: 'ä"\u0000' }] };
const payload = (value: unknown = plain): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (one: Payload | undefined): unknown =>
  defaultPayloadConverter.fromPayload(one ?? {});
const [old, fresh] = [key('2025'), key('2026')];

const refusal = async (codec: AesGcmCodec, payloads: Payload[]): Promise<Error> => {
  const answer: unknown = await codec.decode(payloads).catch((error: unknown) => error);
  if (answer instanceof Error) return answer;
  throw new Error('was decoded');
};
const everything = (error: Error): string =>
  JSON.stringify([error.message, error.stack, error.cause, error]);

describe('encrypted payloads', () => {
  it('show a key id and nothing of what they hold', async () => {
    const [one] = await new AesGcmCodec([fresh]).encode([payload()]);
    const seen = JSON.stringify([one, Buffer.from(one?.data ?? []).toString('latin1')]);
    expect(seen).not.toContain('db1');
    expect(Object.keys(one?.metadata ?? {}).sort()).toEqual(['encoding', 'encryption-key-id']);
    expect(Buffer.from(one?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('2026');
  });

  it('come back as they were, large and empty ones too, and are never the same twice', async () => {
    const codec = new AesGcmCodec([fresh]);
    for (const value of [plain, 'x'.repeat(2_000_000), '', null, new Uint8Array([0, 255])]) {
      const [back] = await codec.decode(await codec.encode([payload(value)]));
      expect(valueOf(back)).toEqual(value);
    }
    // As protobuf hands on a payload without data.
    const empty = {
      metadata: { encoding: Buffer.from('binary/null') },
      data: [] as unknown as Uint8Array,
    };
    expect(valueOf((await codec.decode(await codec.encode([empty])))[0])).toBe(valueOf(empty));
    const [one, other] = await codec.encode([payload(), payload()]);
    expect(Buffer.compare(one?.data ?? Buffer.alloc(0), other?.data ?? Buffer.alloc(0))).not.toBe(
      0,
    );
  });

  it('of an old key are read after a rotation; new ones have the new key', async () => {
    const before = await new AesGcmCodec([old]).encode([payload()]);
    const rotated = new AesGcmCodec([fresh, old]);
    expect(valueOf((await rotated.decode(before))[0])).toEqual(plain);
    const after = await rotated.encode([payload()]);
    expect(await refusal(new AesGcmCodec([old]), after)).toMatchObject({
      code: 'PAYLOAD_KEY_UNKNOWN',
    });
  });

  it('of another key with the same id are refused without a word of them', async () => {
    const encrypted = await new AesGcmCodec([{ ...fresh, id: 'k' }]).encode([payload()]);
    const error = await refusal(new AesGcmCodec([{ ...old, id: 'k' }]), encrypted);
    expect(error).toMatchObject({ code: 'PAYLOAD_UNREADABLE', family: 'parse', retry: 'never' });
    expect(error.cause).toBeUndefined();
  });

  it('changed in any byte, cut, or under another id, are refused without a word of them', async () => {
    const codec = new AesGcmCodec([fresh, { ...fresh, id: 'same' }]);
    const [good = {}] = await codec.encode([payload()]);
    const data = Buffer.from(good.data ?? []);
    const changed = Array.from(data.keys()).map((at) => {
      const copy = Buffer.from(data);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    });
    const cut = [0, 1, 11, 12, 27, 28, data.length - 1].map((length) => data.subarray(0, length));
    for (const bad of [...changed, ...cut]) {
      const error = await refusal(codec, [{ ...good, data: bad }]);
      expect(error).toMatchObject({ code: 'PAYLOAD_UNREADABLE' });
      expect(everything(error)).not.toContain('db1');
    }
    const moved = { ...good.metadata, 'encryption-key-id': Buffer.from('same') };
    expect(await refusal(codec, [{ ...good, metadata: moved }])).toMatchObject({
      code: 'PAYLOAD_UNREADABLE',
    });
  });

  it('from before the codec are handed on', async () => {
    expect(valueOf((await new AesGcmCodec([fresh]).decode([payload()]))[0])).toEqual(plain);
  });
});

describe('a key', () => {
  it.each([
    ['too short', 'c2hvcnQ='],
    ['no base64', 'x'.repeat(44)],
    ['a pass phrase', 'correct horse battery staple, thirty-two'],
    ['empty', ''],
  ])('that is %s is refused by its id, never repeated', (_, text) => {
    const make = () => new AesGcmCodec([{ id: 'mine', key: text }]);
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_CODEC_KEY' }));
    if (text !== '') expect(make).not.toThrow(text);
  });

  it('is given in hex, in base64 or as bytes; once for each id; at least one', async () => {
    const raw = randomBytes(32);
    const encrypted = await new AesGcmCodec([{ id: 'k', key: raw }]).encode([payload()]);
    for (const text of [raw.toString('hex'), raw.toString('base64'), `${raw.toString('base64')}\n`])
      expect(
        valueOf((await new AesGcmCodec([{ id: 'k', key: text }]).decode(encrypted))[0]),
      ).toEqual(plain);
    expect(() => new AesGcmCodec([])).toThrow('at least one');
    expect(() => new AesGcmCodec([old, old])).toThrow('twice');
    expect(encryptingConverter({ keys: [old], encodeFailures: false })).not.toHaveProperty(
      'failureConverterPath',
    );
  });
});
