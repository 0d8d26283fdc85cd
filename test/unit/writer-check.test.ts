// The writer's check must find every planted lie; a check that never fails proves nothing.
import { describe, expect, it } from 'vitest';
import { checkWriter, type WriterEvidence } from '../../lab/writer/check.js';
import { readAcknowledgements, readRecords, recordBytes, sumOf } from '../../lab/writer/records.js';

const begin = 1_700_000_000_000;

function record(number: number, beginMs: number): Buffer {
  const line = `${String(number).padStart(8, '0')} ${beginMs}\n`;
  const body = Buffer.from(line.repeat(180).slice(0, recordBytes - 64));
  const header = `FCW1 ${line.trim()} ${sumOf(body).toString(16).padStart(8, '0')}`;
  return Buffer.concat([Buffer.from(`${header.padEnd(63)}\n`), body]);
}

// Records every 20 ms; record 10 waits from 180 to 305 behind a pause from 190 to 300; then 11 to 20 follow.
const times = Array.from({ length: 20 }, (_, index) => {
  const at = index < 10 ? begin + index * 20 : begin + 310 + (index - 10) * 20;
  return { number: index + 1, beginMs: at, ackMs: index === 9 ? begin + 305 : at + 8 };
});
const acknowledgements = times.map((time) => ({ instance: 1, ...time }));
const copyOf = (numbers: number[]) =>
  readRecords(
    Buffer.concat(
      times
        .filter(({ number }) => numbers.includes(number))
        .map((t) => record(t.number, t.beginMs)),
    ),
  );
const upTo = (last: number) => times.map(({ number }) => number).filter((number) => number <= last);

const honest: WriterEvidence = {
  instance: 1,
  acknowledgements,
  copy: copyOf(upTo(9)),
  quiescedAt: begin + 190,
  givenBackAt: begin + 300,
  method: 'quiesce',
};
const codes = (change: Partial<WriterEvidence>) =>
  checkWriter({ ...honest, ...change }).map((found) => found.code);

describe('the writer check', () => {
  it('accepts an honest copy, with or without the record that was under way', () => {
    expect(codes({})).toEqual([]);
    expect(codes({ copy: copyOf(upTo(10)) })).toEqual([]);
  });

  it('finds an acknowledged record that is not on the copy', () =>
    expect(codes({ copy: copyOf(upTo(8)) })).toEqual(['lost']));

  it('finds a record of the same number but from another write', () => {
    const forged = readRecords(
      Buffer.concat(times.slice(0, 9).map((t) => record(t.number, t.beginMs + 1))),
    );
    expect(codes({ copy: forged })).toEqual(['lost']);
  });

  it('finds a record begun after the give back', () =>
    expect(codes({ copy: copyOf(upTo(12)) })).toEqual(['too-new']));

  it('finds a freeze that froze nothing', () => {
    const during = acknowledgements.map((ack) =>
      ack.number === 10 ? { ...ack, beginMs: begin + 192, ackMs: begin + 199 } : ack,
    );
    expect(codes({ acknowledgements: during })).toContain('written-in-pause');
  });

  it('does not blame a record whose fsync was over before the pause and whose writer looked at the clock in it', () => {
    const slow = acknowledgements.map((ack) =>
      ack.number === 10 ? { ...ack, ackMs: begin + 195 } : ack,
    );
    expect(codes({ acknowledgements: slow })).not.toContain('written-in-pause');
  });

  it('does not blame a record written after the thaw, before the host noted the give back', () => {
    const early = acknowledgements.map((ack) =>
      ack.number === 11 ? { ...ack, beginMs: begin + 293, ackMs: begin + 299 } : ack,
    );
    expect(codes({ acknowledgements: early })).toContain('written-in-pause');
    expect(codes({ acknowledgements: early, stillUntil: begin + 290 })).not.toContain(
      'written-in-pause',
    );
  });

  it('finds a writer that was not at work', () => {
    expect(codes({ acknowledgements: acknowledgements.slice(0, 9) })).toEqual(['idle', 'idle']);
    expect(codes({ acknowledgements: acknowledgements.slice(10) })).toContain('idle');
    expect(codes({ acknowledgements: [] })).toEqual(['idle', 'idle', 'idle']);
  });

  it('asks no held write of a writer that was stopped', () => {
    const stopped = acknowledgements
      .filter((ack) => ack.number !== 10)
      .map((ack, index) => ({ ...ack, number: index + 1 }));
    const copy = readRecords(
      Buffer.concat(times.slice(0, 9).map((t) => record(t.number, t.beginMs))),
    );
    expect(codes({ acknowledgements: stopped, copy, method: 'unmount' })).toEqual([]);
  });

  it('finds torn records: one byte, a half, a foreign sector', () => {
    const bytes = Buffer.concat(times.slice(0, 9).map((t) => record(t.number, t.beginMs)));
    const flipped = Buffer.from(bytes);
    flipped[4 * recordBytes + 2000] = (flipped[4 * recordBytes + 2000] ?? 0) ^ 1;
    expect(codes({ copy: readRecords(flipped) })).toEqual(['lost', 'torn']);
    expect(codes({ copy: readRecords(Buffer.concat([bytes, Buffer.alloc(100)])) })).toEqual([
      'torn',
    ]);
    const mixed = Buffer.from(bytes);
    bytes.copy(mixed, 6 * recordBytes + 512, 5 * recordBytes + 512, 5 * recordBytes + 1024);
    expect(codes({ copy: readRecords(mixed) })).toContain('torn');
  });

  it('finds a hole on the copy and in the log', () => {
    expect(codes({ copy: copyOf(upTo(9).filter((number) => number !== 4)) })).toEqual([
      'lost',
      'hole',
    ]);
    expect(codes({ acknowledgements: acknowledgements.filter((ack) => ack.number !== 4) })).toEqual(
      ['hole'],
    );
  });

  it('takes no half line for an acknowledgement', () => {
    expect(readAcknowledgements('1 1 5 6\n1 2 7')).toEqual([
      { instance: 1, number: 1, beginMs: 5, ackMs: 6 },
    ]);
  });
});
