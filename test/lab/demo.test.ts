// `make demo` as a user runs it: lab up, two copies between real guests, every acknowledged record checked, lab down.
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

describe('the demo', () => {
  it(
    'copies by unmount and by quiesce, checks both copies, and leaves nothing behind',
    { timeout: 900_000 },
    async () => {
      const { exitCode, all } = await execa('npx', ['tsx', 'lab/demo/main.ts'], { all: true, reject: false });
      expect(exitCode, all).toBe(0);
      expect(all).toMatch(/demo: both copies are good/);
      expect(all).toMatch(/demo: done, grade application, verified/);
      expect(all).toMatch(/demo: done, grade filesystem, verified/);
    },
  );
});
