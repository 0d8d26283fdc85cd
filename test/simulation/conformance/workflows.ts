// One workflow that does what its script says: the same scripts run on the simulation driver and on a real server, and are compared.
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
  type ActivityOptions,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { ConformanceActivities, Deed } from './activities.js';

export type Op =
  | { readonly op: 'activity'; readonly deed: Deed; readonly options?: ActivityOptions }
  | { readonly op: 'sleep'; readonly ms: number }
  | { readonly op: 'signals'; readonly count: number; readonly withinMs?: number }
  | { readonly op: 'begin'; readonly name: string; readonly ops: readonly Op[] }
  | { readonly op: 'cancel' | 'join'; readonly name: string }
  | { readonly op: 'shielded' | 'caught'; readonly ops: readonly Op[] }
  | { readonly op: 'within'; readonly ms: number; readonly ops: readonly Op[] }
  | {
      readonly op: 'child';
      readonly id: string;
      readonly script: readonly Op[];
      readonly policy?: 'TERMINATE' | 'ABANDON' | 'REQUEST_CANCEL';
      /** Only its start is awaited. */
      readonly started?: true;
    }
  | { readonly op: 'childEnds'; readonly id: string }
  | { readonly op: 'tell'; readonly id: string; readonly awaited?: false }
  | { readonly op: 'say'; readonly text: string }
  | { readonly op: 'fail'; readonly type: string }
  /** What no workflow may do: a run that was reset sleeps longer, and its timer is another command. `argument`: only an argument differs. */
  | { readonly op: 'ofRunId'; readonly as: 'branch' | 'argument' }
  /** A search attribute of so many bytes on the wire. */
  | { readonly op: 'attribute'; readonly bytes: number }
  | { readonly op: 'again'; readonly script: readonly Op[] }
  /** Begun in the task that closes the run: nobody waits for it. */
  | { readonly op: 'unawaited'; readonly ops: readonly Op[] };

const VOLUMES = defineSearchAttributeKey('FlashCopyVolume', SearchAttributeType.KEYWORD_LIST);
/** Of a list of one: `[""]`. */
const BRACKETS = 4;

const DEFAULTS: ActivityOptions = {
  startToCloseTimeout: '20s',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '300ms', backoffCoefficient: 1 },
};

interface Play {
  readonly id: string;
  readonly trace: string[];
  readonly branches: Map<
    string,
    { readonly scope: CancellationScope; readonly work: Promise<void> }
  >;
  readonly children: Map<string, ChildWorkflowHandle<typeof scripted>>;
  signals: number;
}

/** `id` is put before the ids of children, so that one server can play a scenario twice. */
export async function scripted(id: string, script: readonly Op[]): Promise<readonly string[]> {
  const play: Play = { id, trace: [], branches: new Map(), children: new Map(), signals: 0 };
  setHandler(defineSignal<[string]>('tell'), (text) => {
    play.signals += 1;
    play.trace.push(`signal ${text}`);
  });
  setHandler(
    defineUpdate<string, [string]>('ask'),
    async (text) => {
      play.trace.push(`asked ${text}`);
      if (text === 'slow') await sleep(500);
      if (text === 'throw') throw ApplicationFailure.nonRetryable('asked to', 'Asked');
      return `answer to ${text}`;
    },
    {
      validator: (text) => {
        if (text === 'refuse') throw ApplicationFailure.nonRetryable('refused', 'Refused');
      },
    },
  );
  await carryOut(play, script);
  return play.trace;
}

async function carryOut(play: Play, ops: readonly Op[]): Promise<void> {
  for (const op of ops) await one(play, op);
}

async function one(play: Play, op: Op): Promise<void> {
  switch (op.op) {
    case 'activity': {
      const { deed } = proxyActivities<ConformanceActivities>({ ...DEFAULTS, ...op.options });
      play.trace.push(await deed(op.deed));
      return;
    }
    case 'sleep':
      await sleep(op.ms);
      return;
    case 'signals': {
      const enough = (): boolean => play.signals >= op.count;
      if (op.withinMs === undefined) await condition(enough);
      else play.trace.push(`signals in time: ${await condition(enough, op.withinMs)}`);
      return;
    }
    case 'begin': {
      const scope = new CancellationScope();
      const work = scope.run(() => carryOut(play, op.ops));
      work.catch(() => undefined);
      play.branches.set(op.name, { scope, work });
      return;
    }
    case 'cancel':
      play.branches.get(op.name)?.scope.cancel();
      return;
    case 'join':
      await play.branches.get(op.name)?.work;
      return;
    case 'shielded':
      return CancellationScope.nonCancellable(() => carryOut(play, op.ops));
    case 'caught':
      try {
        await carryOut(play, op.ops);
      } catch (error) {
        play.trace.push(describeError(error));
      }
      return;
    case 'within':
      return CancellationScope.withTimeout(op.ms, () => carryOut(play, op.ops));
    case 'child':
      return child(play, op);
    case 'childEnds':
      play.trace.push(...(await play.children.get(op.id)!.result()));
      return;
    case 'tell': {
      const told = getExternalWorkflowHandle(`${play.id}${op.id}`).signal(
        'tell',
        'from a workflow',
      );
      if (op.awaited !== false) await told;
      return;
    }
    case 'say':
      play.trace.push(op.text);
      return;
    case 'ofRunId': {
      const { runId, firstExecutionRunId } = workflowInfo();
      if (op.as === 'argument') await told(play, runId);
      else if (runId === firstExecutionRunId) await sleep(100);
      else await told(play, runId);
      return;
    }
    case 'attribute':
      upsertSearchAttributes([{ key: VOLUMES, value: ['v'.repeat(op.bytes - BRACKETS)] }]);
      return;
    case 'fail':
      throw ApplicationFailure.nonRetryable('as scripted', op.type);
    case 'again':
      return continueAsNew<typeof scripted>(play.id, op.script);
    case 'unawaited':
      void carryOut(play, op.ops).catch(() => undefined);
      return;
  }
}

async function told(play: Play, details: string): Promise<void> {
  const { deed } = proxyActivities<ConformanceActivities>(DEFAULTS);
  play.trace.push(await deed({ what: 'ok', details }));
}

async function child(play: Play, op: Extract<Op, { op: 'child' }>): Promise<void> {
  const id = `${play.id}${op.id}`;
  const handle = await startChild(scripted, {
    workflowId: id,
    args: [play.id, op.script],
    ...(op.policy === undefined ? {} : { parentClosePolicy: op.policy }),
  });
  play.children.set(op.id, handle);
  if (op.started === true) play.trace.push('child started');
  else play.trace.push(...(await handle.result()));
}

/** Kinds of the whole chain of causes; what a message says may differ between servers. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const kind =
    error instanceof ApplicationFailure ? `${error.name}:${error.type ?? ''}` : error.name;
  const state =
    error instanceof ActivityFailure || error instanceof ChildWorkflowFailure
      ? `:${error.retryState}`
      : '';
  const timeout = 'timeoutType' in error ? `:${String(error.timeoutType)}` : '';
  const cause = 'cause' in error && error.cause != null ? ` <- ${describeError(error.cause)}` : '';
  return `${kind}${state}${timeout}${cause}`;
}
