// The writer's format: fixed records and acknowledgement lines, read back strictly. Anything not exactly as written counts as torn.
// Record n of an instance stands at (n-1)*4096: 64 bytes "FCW1 number beginMs sum", then "number beginMs" repeated.

export const recordBytes = 4096;
const headerBytes = 64;

export interface WrittenRecord {
  number: number;
  /** Wall clock of the guest when the record was begun, in ms. */
  beginMs: number;
}

/** One record the writer reported, after its fsync returned; both times from the guest's wall clock. */
export interface Acknowledgement extends WrittenRecord {
  instance: number;
  ackMs: number;
}

export interface CopiedFile {
  records: WrittenRecord[];
  /** Places (record number, 1-based) whose bytes are not one whole record. */
  torn: number[];
}

export function readRecords(bytes: Uint8Array): CopiedFile {
  const file: CopiedFile = { records: [], torn: [] };
  for (let offset = 0; offset < bytes.length; offset += recordBytes) {
    const record = readRecord(Buffer.from(bytes.subarray(offset, offset + recordBytes)));
    if (record === undefined) file.torn.push(offset / recordBytes + 1);
    else file.records.push(record);
  }
  return file;
}

function readRecord(bytes: Buffer): WrittenRecord | undefined {
  if (bytes.length !== recordBytes) return undefined;
  const header = /^FCW1 (\d{8}) (\d{13}) ([0-9a-f]{8}) *\n$/.exec(
    bytes.toString('latin1', 0, headerBytes),
  );
  if (header === null) return undefined;
  const [, number = '', beginMs = '', sum = ''] = header;
  const body = bytes.subarray(headerBytes);
  const line = `${number} ${beginMs}\n`;
  const expected = line.repeat(Math.ceil(body.length / line.length)).slice(0, body.length);
  if (body.toString('latin1') !== expected || sumOf(body) !== parseInt(sum, 16)) return undefined;
  return { number: Number(number), beginMs: Number(beginMs) };
}

/** Perl's unpack '%32N*'. */
export function sumOf(body: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 4 <= body.length; at += 4) sum = (sum + body.readUInt32BE(at)) >>> 0;
  return sum;
}

/** Lines "instance number beginMs ackMs"; a last line without its end (the collector was cut off) is no acknowledgement. */
export function readAcknowledgements(log: string): Acknowledgement[] {
  const whole = log.slice(0, log.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line) => {
    const [instance, number, beginMs, ackMs] = line.split(' ').map(Number);
    if (
      instance === undefined ||
      number === undefined ||
      beginMs === undefined ||
      ackMs === undefined
    )
      return [];
    return [{ instance, number, beginMs, ackMs }];
  });
}
