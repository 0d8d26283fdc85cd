// Starts that go round the client: the workflow's own first step refuses a hostile request, and the run ends with one clear line.
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlashCopyClient } from '../../src/client/index.js';
import { createFlashCopyWorkers } from '../../src/worker/index.js';
import { FLASH_COPY } from '../../src/workflows/messages.js';
import { devServer } from '../workflow/temporal.js';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await devServer();
});
afterAll(() => env.teardown());

const pairs = Array.from({ length: 20_000 }, (_, i) => ({ source: `s${i}`, target: `t${i}` }));
const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
const HOSTILE: readonly (readonly [string, unknown, RegExp])[] = [
  [
    'prototype key',
    JSON.parse('{"name":"x","__proto__":{"array":"svc-lab"}}'),
    /^__proto__: this name is not allowed/,
  ],
  [
    'a megabyte',
    { name: 'x', volumes: pairs, note: 'x'.repeat(700_000) },
    /^the document: too large/,
  ],
  ['deep nesting', { name: 'x', copy: deep(60) }, /nested deeper than 32/],
  ['shell text', { name: '$(touch canary)' }, /name = "\$\(touch canary\)": use 1-63/],
  ['control characters', { name: 'a\u001b[2J\n' }, /name = "a\\u001b\[2J\\n"/],
  ['no object', 7, /the document = 7/],
];

describe('a start from the UI', () => {
  it(
    'with a hostile request ends as INVALID_REQUEST, nothing touched',
    { timeout: 90_000 },
    async () => {
      const inventoryFile = 'examples/models/inventory.yaml';
      const options = { connection: env.nativeConnection, taskQueue: 'hostile', inventoryFile };
      const worker = await createFlashCopyWorkers(options);
      const client = new FlashCopyClient({ client: env.client, taskQueue: 'hostile' });
      await worker.runUntil(async () => {
        for (const [at, [, request, message]] of HOSTILE.entries()) {
          const workflowId = `flashcopy/hostile-${at}`;
          const args = [{ request, searchAttributes: false }];
          await env.client.workflow.start(FLASH_COPY, { workflowId, taskQueue: 'hostile', args });
          const error: unknown = await client
            .copy(workflowId)
            .result()
            .catch((reason: unknown) => reason);
          expect(error).toMatchObject({ code: 'INVALID_REQUEST', family: 'request' });
          expect((error as Error).message).toMatch(message);
          expect((error as Error).message).toMatch(/^[\x20-\x7e\n]+$/);
          expect((await client.copy(workflowId).report()).steps.map(({ name }) => name)).toEqual([
            'validate',
          ]);
        }
      });
    },
  );
});
