// The demo as a user runs it: two copies between two real hosts, checked byte by byte. What it leaves up is the lab of the tests after it.
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

describe('the demo', () => {
  // What it leaves up is the lab of all tests after it.
  it('copies by unmount and by quiesce, and checks both copies', { timeout: 900_000 }, async () => {
    const env = { KEEP: '1' };
    const { exitCode, all } = await execa('npx', ['tsx', 'lab/demo/main.ts'], {
      all: true,
      reject: false,
      env,
    });
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/demo: DONE, grade application, verified/);
    expect(all).toMatch(/demo: DONE, grade filesystem, verified/);
    expect(all).toMatch(/demo: both copies are good/);
  });
});
