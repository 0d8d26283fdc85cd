import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GrainSet, grainsIn, grainsOf } from '../../../../src/simulator/model/grain-set.js';

const TOTAL = 40;
const step = fc.record({
  add: fc.boolean(),
  from: fc.integer({ min: 0, max: TOTAL }),
  length: fc.integer({ min: 0, max: 12 }),
});
const numbers = (runs: readonly { from: number; to: number }[]): number[] =>
  runs.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));

it('is a set of numbers, whatever is added and taken away, and survives being written down', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), step, (steps, window) => {
      const set = GrainSet.empty(TOTAL);
      const model = new Set<number>();
      for (const { add, from, length } of steps) {
        if (add) set.add(from, from + length);
        else set.delete(from, from + length);
        for (let grain = from; grain < Math.min(from + length, TOTAL); grain++)
          if (add) model.add(grain);
          else model.delete(grain);
      }
      const expected = [...model].sort((a, b) => a - b);
      expect(set.members()).toEqual(expected);
      expect(set.size).toBe(expected.length);
      expect(GrainSet.parse(TOTAL, set.encode()).members()).toEqual(expected);
      expect(numbers(set.lowest(window.length))).toEqual(expected.slice(0, window.length));
      const within = { from: window.from, to: Math.min(TOTAL, window.from + window.length) };
      const asked = Array.from({ length: within.to - within.from }, (_, at) => within.from + at);
      expect(numbers(set.runs(within))).toEqual(asked.filter((grain) => model.has(grain)));
      expect(numbers(set.gaps(within))).toEqual(asked.filter((grain) => !model.has(grain)));
      for (let grain = -1; grain <= TOTAL; grain++) expect(set.has(grain)).toBe(model.has(grain));
    }),
  );
});

it('takes a bitmap of four million grains in a few bytes', () => {
  const set = GrainSet.full(2 ** 22);
  set.delete(7);
  expect(set.encode()).toBe('0-7,8-4194304');
  expect(grainsIn(set.runs())).toBe(2 ** 22 - 1);
});

it.each(['0-41', '3-3', 'x', '0-1;2-3'])('refuses %j: no set of forty grains', (text) => {
  expect(() => GrainSet.parse(TOTAL, text)).toThrow();
});

it('finds the grains of a range of bytes, the first and the last included', () => {
  expect(grainsOf({ offset: 5, length: 10 }, 10)).toEqual({ from: 0, to: 2 });
  expect(grainsOf({ offset: 5, length: 0 }, 10)).toEqual({ from: 0, to: 0 });
});
