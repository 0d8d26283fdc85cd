// The only place that reaches into the SDK: its sandbox, fed with activations by hand. Pinned: another version fails with a clear message.
// `createVm` loads one bundle; each run of a workflow is created in it, activated one at a time, and disposed once.
import { createRequire } from 'node:module';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import {
  ReusableVMWorkflowCreator,
  type ReusableVMWorkflow,
} from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';

const PINNED = '1.24.0';
/** A limit costs a thread for each activation, a quarter of all the time; an endless loop shows on the real server. */
const NO_LIMIT = undefined as unknown as number;

export type Activation = Parameters<ReusableVMWorkflow['activate']>[0];
export type Job = NonNullable<Activation['jobs']>[number];
type Completion = Awaited<ReturnType<ReusableVMWorkflow['activate']>>;
export type Command = NonNullable<NonNullable<Completion['successful']>['commands']>[number];
export type Failure = NonNullable<NonNullable<Completion['failed']>['failure']>;
export type Payload = NonNullable<NonNullable<NonNullable<Job['signalWorkflow']>['input']>>[number];
type CreateOptions = Parameters<ReusableVMWorkflowCreator['createWorkflow']>[0];
export type WorkflowInfo = CreateOptions['info'];

interface Codec {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Completion;
  fromObject(object: object): Activation;
}
interface Proto {
  readonly temporal: {
    readonly api: {
      readonly enums: { readonly v1: { readonly EventType: Record<string, number> } };
    };
  };
  readonly coresdk: {
    readonly workflow_activation: { readonly WorkflowActivation: Codec };
    readonly workflow_completion: { readonly WorkflowActivationCompletion: Codec };
  };
}

const ofWorker = createRequire(createRequire(import.meta.url).resolve('@temporalio/worker'));
const { coresdk, temporal } = ofWorker('@temporalio/proto') as Proto;

const EVENT_NAMES = new Map(
  Object.entries(temporal.api.enums.v1.EventType).map(([name, number]) => [number, name]),
);

/** `ActivityTaskScheduled`, as histories name it in the UI. */
export const eventName = (eventType: number): string =>
  (EVENT_NAMES.get(eventType) ?? `EVENT_TYPE_${eventType}`)
    .slice('EVENT_TYPE_'.length)
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');

/** What one activation gave: commands with every field at its wire value, and their bytes. */
export interface Activated {
  readonly commands: readonly Command[];
  readonly bytes: Buffer;
  readonly flags: readonly number[];
  /** The task failed: a bug in workflow code. */
  readonly failed?: Failure;
}

export interface VmRun {
  activate(activation: object): Promise<Activated>;
  dispose(): Promise<void>;
}

export interface Vm {
  create(info: WorkflowInfo, seed: readonly number[], now: number): Promise<VmRun>;
  close(): Promise<void>;
}

/** Bundles as a worker does; about a second. */
export async function bundleCode(workflowsPath: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: new DefaultLogger('ERROR', () => undefined),
  });
  return code;
}

/** `traces`: stack traces in failures, at twice the cost. */
export async function createVm(code: string, traces = false): Promise<Vm> {
  const { version } = ofWorker('@temporalio/worker/package.json') as { version: string };
  if (version !== PINNED)
    throw new Error(
      `test/simulation knows @temporalio/worker ${PINNED}, installed is ${version}: check sdk-vm.ts`,
    );
  if (!traces) globalHandlers.installed = true;
  const creator = await ReusableVMWorkflowCreator.create(
    parseWorkflowCode(code),
    NO_LIMIT,
    new Set(),
  );
  return {
    create: async (info, seed, now) => {
      const options = { info, randomnessSeed: [...seed], now, showStackTraceSources: false };
      return vmRun((await creator.createWorkflow(options)) as ReusableVMWorkflow);
    },
    close: () => creator.destroy(),
  };
}

const vmRun = (workflow: ReusableVMWorkflow): VmRun => ({
  activate: async (plain) => {
    const answer = await workflow.activate(
      coresdk.workflow_activation.WorkflowActivation.fromObject(plain),
    );
    await workflow.getAndResetSinkCalls();
    if (answer.failed?.failure != null)
      return { commands: [], bytes: Buffer.alloc(0), flags: [], failed: answer.failed.failure };
    const codec = coresdk.workflow_completion.WorkflowActivationCompletion;
    const flags = answer.successful?.usedInternalFlags ?? [];
    const told = { ...answer.successful, usedInternalFlags: [] };
    const bytes = Buffer.from(codec.encode({ runId: '', successful: told }).finish());
    return { commands: codec.decode(bytes).successful?.commands ?? [], bytes, flags };
  },
  dispose: () => workflow.dispose(),
});
