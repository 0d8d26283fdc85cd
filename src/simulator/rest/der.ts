// As much of ASN.1 DER as a self-made certificate needs.

const length = (bytes: number): Buffer => {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const hex = bytes.toString(16);
  const digits = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
};

const element = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([tag]), length(content.length), content]);

export const sequence = (...parts: readonly Buffer[]): Buffer =>
  element(0x30, Buffer.concat(parts));
export const set = (...parts: readonly Buffer[]): Buffer => element(0x31, Buffer.concat(parts));
export const context = (tag: number, content: Buffer, constructed: boolean): Buffer =>
  element((constructed ? 0xa0 : 0x80) | tag, content);
export const octets = (content: Buffer): Buffer => element(0x04, content);
export const bits = (content: Buffer): Buffer =>
  element(0x03, Buffer.concat([Buffer.from([0]), content]));
export const text = (value: string): Buffer => element(0x0c, Buffer.from(value, 'utf8'));
export const truth = (): Buffer => element(0x01, Buffer.from([0xff]));

/** Big-endian, positive. */
export const integer = (content: Buffer): Buffer =>
  element(0x02, (content[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), content]) : content);

/** YYYYMMDDhhmmssZ: valid for every year. */
export const time = (epochMs: number): Buffer =>
  element(
    0x18,
    Buffer.from(
      `${new Date(epochMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`,
      'ascii',
    ),
  );

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const base128 = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) base128.unshift(0x80 | (left & 0x7f));
    bytes.push(...base128);
  }
  return element(0x06, Buffer.from(bytes));
}
