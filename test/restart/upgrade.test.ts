// A release in the middle of a copy: the next version's code, made here by an edit of the sources, takes running copies over, or leaves them.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledgerWorkflowId } from '../../src/workflows/messages.js';
import { end, start, SVC1, violations, type Copy, type End } from './copies.js';
import { kill, seen, Stage } from './stage.js';

/** Below the repository, so that packages are found, and git does not see it. */
const PLACE = path.resolve('.tools/next-version');
const NOTES = { early: 'next version, before the plan', late: 'next version, at the end' };

/** A change before and one after the step in which copies are caught, each behind a patch. */
async function nextVersion(): Promise<string> {
  rmSync(PLACE, { recursive: true, force: true });
  cpSync('src', path.join(PLACE, 'src'), { recursive: true });
  const file = path.join(PLACE, 'src/workflows/flash-copy.workflow.ts');
  const edits: readonly (readonly [string, string])[] = [
    [
      '    await plan(copy);',
      `    if (patched('early')) copy.report.skip('lock', '', '${NOTES.early}');\n    await plan(copy);`,
    ],
    [
      '    await retain(copy);',
      `    if (patched('late')) copy.report.skip('retain', '', '${NOTES.late}');\n    await retain(copy);`,
    ],
  ];
  const text = edits.reduce(
    (before, [from, to]) => {
      if (!before.includes(from)) throw new Error(`flash-copy.workflow.ts has no longer: ${from}`);
      return before.replace(from, to);
    },
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, `import { patched } from '@temporalio/workflow';\n${text}`);
  const workflowsPath = path.join(PLACE, 'src/workflows/index.ts');
  try {
    return (await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })).code;
  } finally {
    rmSync(PLACE, { recursive: true, force: true });
  }
}

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set(['app2', 'app3', 'app4', 'app5']);
  await stage.writeBundle('next', await nextVersion());
});
afterAll(() => stage.strike());

async function parked(at: number): Promise<Copy> {
  const source = stage.san.sources[at]!;
  const workflowId = `flashcopy/${source.name}`;
  stage.gates.set(workflowId, { workflowId, at: 'flashCopyVerify', when: 'before' });
  const copy = await start(stage, source, 'quiesce');
  await seen(
    () => `${workflowId} in its step`,
    () => stage.parked.has(workflowId),
  );
  return copy;
}

const notesOf = ({ report }: End): string[] =>
  report.steps.flatMap(({ note = '' }) => (Object.values(NOTES).includes(note) ? [note] : []));

async function versionOf(workflowId: string): Promise<string> {
  const { raw } = await stage.client.workflow.getHandle(workflowId).describe();
  const { versioningInfo: info } = raw.workflowExecutionInfo ?? {};
  return `${info?.deploymentVersion?.buildId ?? 'none'}`;
}

async function makeCurrent(buildId: string): Promise<void> {
  const order = {
    namespace: 'default',
    deploymentName: 'flashcopy',
    identity: 'test',
    ignoreMissingTaskQueues: true,
  };
  // The server learns of a version by its first poll.
  await seen(
    () => `version ${buildId}`,
    () =>
      stage.server.connection.workflowService
        .setWorkerDeploymentCurrentVersion({ ...order, buildId, version: `flashcopy.${buildId}` })
        .then(
          () => true,
          () => false,
        ),
    20_000,
  );
}

describe('a new version in the middle of a copy', () => {
  it('takes it over where workers have no versions: what is past stays, what comes is new', async () => {
    const old = await stage.hire();
    const copy = await parked(0);
    const next = await stage.hire({ bundle: stage.bundle('next') });
    await kill(old);
    stage.release();
    const taken = await end(stage, copy);
    expect(notesOf(taken)).toEqual([NOTES.late]);
    const fresh = await end(stage, await start(stage, stage.san.sources[1]!, 'quiesce'));
    expect(notesOf(fresh)).toEqual([NOTES.early, NOTES.late]);
    expect([taken, fresh].map(({ report }) => report.outcome)).toEqual(['done', 'done']);
    expect(await violations(stage, [taken, fresh])).toEqual([]);
    await kill(next, 'SIGTERM');
  });

  it('leaves it to its own version where workers have versions; the ledger moves', async () => {
    await stage.hire({ deploymentVersion: '1' });
    await makeCurrent('1');
    const copy = await parked(2);
    expect(await versionOf(copy.handle.workflowId)).toBe('1');
    await stage.hire({ deploymentVersion: '2', bundle: stage.bundle('next') });
    await makeCurrent('2');
    stage.release();
    const kept = await end(stage, copy);
    expect(notesOf(kept)).toEqual([]);
    const fresh = await end(stage, await start(stage, stage.san.sources[3]!, 'quiesce'));
    expect(notesOf(fresh)).toEqual([NOTES.early, NOTES.late]);
    expect({
      kept: await versionOf(copy.handle.workflowId),
      fresh: await versionOf(fresh.copy.handle.workflowId),
      ledger: await versionOf(ledgerWorkflowId(SVC1)),
    }).toEqual({ kept: '1', fresh: '2', ledger: '2' });
    expect([kept, fresh].map(({ report }) => report.outcome)).toEqual(['done', 'done']);
    expect(await violations(stage, [kept, fresh])).toEqual([]);
  });
});
