// Everything that can be read of runs afterwards, as text: raw histories, queries, stack traces, descriptions. And the search in it.
import type { Client } from '@temporalio/client';
import { expect, vi } from 'vitest';

export interface Evidence {
  readonly where: string;
  readonly text: string;
}

const QUERIES = [
  'report',
  '__stack_trace',
  '__enhanced_stack_trace',
  '__temporal_workflow_metadata',
];

/** Of every workflow of the server, guards and ledgers included. Waits until all of `names` are seen. */
export async function evidenceOf(client: Client, names: readonly string[]): Promise<Evidence[]> {
  const seen = async () => {
    const found: { workflowId: string; runId: string }[] = [];
    for await (const { workflowId, runId } of client.workflow.list())
      found.push({ workflowId, runId });
    return found;
  };
  await vi.waitFor(
    async () => {
      const ids = (await seen()).map(({ workflowId }) => workflowId);
      expect(ids).toEqual(expect.arrayContaining(names.map((name) => `flashcopy/${name}`)));
    },
    { timeout: 20_000, interval: 200 },
  );
  const evidence: Evidence[] = [];
  for (const { workflowId, runId } of await seen()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const add = (what: string, text: string) =>
      evidence.push({ where: `${workflowId} ${what}`, text });
    add('history', allOf(await handle.fetchHistory()));
    const { namespace } = client.options;
    const execution = { workflowId, runId };
    // As the server has it: no codec of the client in between.
    add(
      'description',
      allOf(await client.workflowService.describeWorkflowExecution({ namespace, execution })),
    );
    for (const query of QUERIES) {
      const answer = await handle.query(query).catch((error: unknown) => String(error));
      add(query, JSON.stringify(answer));
    }
  }
  return evidence;
}

/** Every field, payloads as the bytes they travel in. */
export const allOf = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => readable(each));

const readable = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? Buffer.from(value).toString('latin1')
    : typeof value === 'bigint'
      ? String(value)
      : value;

/** So many characters of a secret in a row are a leak, in any of the usual spellings. */
const LEAK = 14;

export function leaks(
  evidence: readonly Evidence[],
  secrets: Readonly<Record<string, string>>,
): string[] {
  const spellings = (secret: string) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ];
  return evidence.flatMap(({ where, text }) =>
    Object.entries(secrets).flatMap(([name, secret]) => {
      const pieces = spellings(secret).flatMap((one) =>
        Array.from({ length: Math.max(1, one.length - LEAK + 1) }, (_, at) =>
          one.slice(at, at + LEAK),
        ),
      );
      return pieces.some((piece) => text.includes(piece)) ? [`${name} in ${where}`] : [];
    }),
  );
}
