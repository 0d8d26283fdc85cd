// The workflow code a worker runs: whole, and free of everything that belongs outside the sandbox.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { checkBundle, workflowsIn } from '../../src/worker/bundle-check.js';
import { flashCopyBundle } from '../../src/worker/workflow-bundle.js';

/** Modules in the order webpack names them. */
const modulesOf = (code: string): string[] =>
  [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map((match) => match[1] ?? '');

async function bundleOf(source: string): Promise<string> {
  const folder = await mkdtemp(path.join(import.meta.dirname, '.bundle-'));
  const workflowsPath = path.join(folder, 'workflows.ts');
  await writeFile(workflowsPath, source);
  try {
    return (await bundleWorkflowCode({ workflowsPath })).code;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the workflow bundle', () => {
  it('holds no SSH client, no schema library, no adapter and no module of Node', async () => {
    const modules = modulesOf((await flashCopyBundle()).code);
    expect(modules.length).toBeGreaterThan(20);
    const outside = modules.filter((name) =>
      /node_modules\/(ssh2|zod|yaml|commander|ms)\/|^node:|src\/(transport|array|host|config|worker|client|simulator)\//.test(
        name,
      ),
    );
    // `ms` comes with the SDK itself.
    expect(outside.filter((name) => !name.includes('node_modules/ms/'))).toEqual([]);
  });

  it('exports the copy, its guard and its ledger', async () => {
    expect(workflowsIn((await flashCopyBundle()).code)).toEqual(
      expect.arrayContaining([
        'flashCopy',
        'flashCopyGuard',
        'flashCopyJanitor',
        'flashCopyLedger',
      ]),
    );
  });

  it('is refused in one line that names what is missing when workflows of the user leave out the guard', async () => {
    const code = await bundleOf(
      `export async function flashCopy() { return 1; }\nexport async function flashCopyLedger() { return 1; }\n`,
    );
    expect(() => checkBundle(code)).toThrow(
      /^the worker's workflows lack flashCopyGuard, flashCopyJanitor; add: export \* from 'temporal-flashcopy\/workflows'$/,
    );
  });

  it('is accepted when workflows of the user stand beside ours', async () => {
    const code = await bundleOf(
      `export * from '../../../src/workflows/index.js';\nexport async function mine() { return 1; }\n`,
    );
    checkBundle(code);
    expect(workflowsIn(code)).toContain('mine');
  });
});
