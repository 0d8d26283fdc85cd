// Copies of the restart tests: one source host each, so that all of them can stand in the same step at once; and what must hold at the end.
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { Report } from '../../src/domain/report.js';
import { readRecords, sameInstant } from '../../src/testing/index.js';
import {
  FLASH_COPY,
  flashCopyWorkflowId,
  GUARD,
  hostLedger,
  ledgerWorkflowId,
  LEDGER_QUERY,
} from '../../src/workflows/messages.js';
import { copyOf } from '../simulation/world/requests.js';
import { IoWatch } from '../simulation/world/io-watch.js';
import { type SanHost, targetOf, THEIR_GROUP } from '../simulation/world/san.js';
import { QUEUE, seen, SECRET, targetHostOf, type Stage } from './stage.js';

/** Id of the simulated system `svc1`. */
export const SVC1 = '7376633100000000';

export type Method = 'quiesce' | 'unmount';

export interface Copy {
  readonly source: SanHost;
  readonly method: Method;
  readonly handle: WorkflowHandle;
}

function requestOf({ san }: Stage, source: SanHost, method: Method): object {
  const { name, volumes, mountPoints } = source;
  return {
    ...{ name, array: 'svc1' },
    volumes: volumes.map((volume) => {
      const target = targetOf(name, volume);
      return { source: volume, target, overwrite: san.uid('svc1', target) };
    }),
    sources: [
      { host: name, method, ...(method === 'unmount' ? { units: [`${name}.service`] } : {}) },
    ],
    targets: [
      {
        host: targetHostOf(name),
        mounts: mountPoints.map((from) => ({ from, at: copyOf(name, from) })),
      },
    ],
    copy: { rate: 100, grainSize: 64, waitFor: 'copied' },
    ...{ maxPause: '10s', maxOutage: '60s', maxPrepared: '2m' },
  };
}

export async function start(stage: Stage, source: SanHost, method: Method): Promise<Copy> {
  const handle = await stage.client.workflow.start(FLASH_COPY, {
    ...{ workflowId: flashCopyWorkflowId(source.name), taskQueue: QUEUE },
    args: [{ request: requestOf(stage, source, method) }],
  });
  return { source, method, handle: handle as WorkflowHandle };
}

export interface End {
  readonly copy: Copy;
  readonly report: Report;
}

/** Waits for the end, whatever it is. */
export async function end(stage: Stage, copy: Copy): Promise<End> {
  const handle = stage.client.workflow.getHandle(copy.handle.workflowId);
  await seen(
    () => `the end of ${copy.handle.workflowId}`,
    async () => (await handle.describe()).status.name !== 'RUNNING',
    190_000,
  );
  return { copy, report: await handle.query<Report>('report') };
}

/** Every promise, asked by state and by bytes. Empty when all were kept. */
export async function violations(stage: Stage, ends: readonly End[]): Promise<string[]> {
  const { san } = stage;
  const found: string[] = [];
  const { system, starts } = san.arrays.get('svc1')!;
  for (const { copy, report } of ends) {
    const { source } = copy;
    const { name, host } = source;
    if (!IoWatch.hasIo(source)) found.push(`P2: ${name} has no I/O`);
    if (host.source.heldBy() !== '')
      found.push(`P2: ${name} is still held by ${host.source.heldBy()}`);
    if (host.kernel.blocked.size + host.kernel.holds.size > 0)
      found.push(`P2: ${name} still holds or blocks`);
    if (report.outcome === 'running' || report.outcome === 'needs-operator')
      found.push(`P4: ${name} is ${report.outcome}`);
    if (report.outcome === 'done') found.push(...(await badCopy(stage, copy, report)));
  }
  const groups = starts.filter(({ ours }) => ours).map(({ group }) => group);
  for (const group of new Set(groups))
    if (groups.indexOf(group) !== groups.lastIndexOf(group))
      found.push(`P4: ${group} was started twice`);
  const targets = system.state.mappings.map(({ target }) => target);
  if (new Set(targets).size < targets.length) found.push('P4: a volume is target of two mappings');
  for (const group of system.state.groups) {
    const states = system.state.mappingsOf(group.id).map(({ state }) => state);
    if (group.name === THEIR_GROUP) {
      if (states.join() !== 'prepared') found.push(`P6: ${THEIR_GROUP} is ${states.join()}`);
    } else if (states.some((state) => state.startsWith('prepar')))
      found.push(`P2: ${group.name} is still prepared`);
  }
  const bytes = await system.volumeIo.read({
    vdisk: 'theirs',
    host: 'stranger',
    offset: 0,
    length: 4096,
  });
  if (bytes.some((byte) => byte !== 0)) found.push('P3: volume theirs was overwritten');
  return [...found, ...(await leftOnServer(stage, ends))];
}

/** P1: what is reported as good holds exactly what the source held in its pause. */
async function badCopy({ san }: Stage, { source }: Copy, report: Report): Promise<string[]> {
  const lasts: number[] = [];
  for (const at of source.mountPoints) {
    const mount = san.hosts(targetHostOf(source.name)).kernel.mountAt(copyOf(source.name, at));
    if (mount === undefined) return [`P1: the copy of ${source.name} is not mounted`];
    mount.fileSystem.device.dropCache();
    lasts.push(await readRecords(mount.fileSystem));
  }
  const written = source.writer.writtenAt(report.pauses[0]?.quiescedAt ?? 0);
  const good =
    sameInstant(lasts) && lasts.every((last) => last === written || last === written + 1);
  return good && report.grade !== undefined && report.verified
    ? []
    : [
        `P1: ${source.name}: records ${lasts.join()}, ${written} were written; grade ${report.grade ?? 'none'}`,
      ];
}

async function leftOnServer(stage: Stage, ends: readonly End[]): Promise<string[]> {
  const { workflow } = stage.client;
  const found: string[] = [];
  const open = async (): Promise<string[]> => {
    const query = `ExecutionStatus = 'Running' AND WorkflowType IN ('${FLASH_COPY}', '${GUARD}')`;
    const ids: string[] = [];
    for await (const { workflowId } of workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
  // The guard of a dead worker's copy learns of its end when its long poll is given up: after a minute without heartbeat.
  await seen(
    () => 'the end of guards',
    async () => (await open()).length === 0,
    90_000,
  ).catch(async () => {
    found.push(`P4: still open, with their activities: ${(await open()).join(', ')}`);
  });
  for (const ledger of [
    SVC1,
    ...ends.map(({ copy }) => hostLedger(targetHostOf(copy.source.name))),
  ]) {
    const handle = workflow.getHandle(ledgerWorkflowId(ledger));
    const grants = await handle
      .describe()
      // One that nobody needs has ended.
      .then(({ status }) =>
        status.name === 'RUNNING' ? handle.query<{ holder: string }[]>(LEDGER_QUERY) : [],
      )
      .catch((error: unknown) => {
        // Of a host that no copy came to.
        if (error instanceof WorkflowNotFoundError) return [];
        throw error;
      });
    found.push(...grants.map(({ holder }) => `a lock of ${ledger} is left: ${holder}`));
  }
  for (const { copy } of ends) {
    const history = await workflow.getHandle(copy.handle.workflowId).fetchHistory();
    const text = JSON.stringify(history, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    if (text.includes(SECRET))
      found.push(`P5: the secret stands in the history of ${copy.handle.workflowId}`);
  }
  return found;
}
