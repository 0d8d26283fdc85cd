// One run through its lives: a reset or a continue-as-new closes one execution and opens the next, of the same first run id. Asked for is
// always the present one.
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { isEnded } from '../domain/run-status.js';

export const firstRunIdOf = ({ runId, raw }: WorkflowExecutionDescription): string =>
  raw.workflowExecutionInfo?.firstRunId || runId;

export class RunChain {
  readonly #client: Client;
  readonly #workflowId: string;
  #runId: string | undefined;

  /** Without a run id: the newest run of this workflow id, and from then on that one. */
  constructor(client: Client, run: { workflowId: string; runId?: string | undefined }) {
    this.#client = client;
    this.#workflowId = run.workflowId;
    this.#runId = run.runId;
  }

  /** Its present execution; throws what the Temporal client throws. */
  async describe(): Promise<WorkflowExecutionDescription> {
    const own = await this.handle().describe();
    const { name } = own.status;
    const goesOn = name === 'CONTINUED_AS_NEW' || name === 'TERMINATED';
    const present = goesOn ? await this.#successorOf(own) : own;
    this.#runId = present.runId;
    return present;
  }

  /** Of the execution that was described last. */
  handle(): WorkflowHandle {
    return this.#client.workflow.getHandle(this.#workflowId, this.#runId);
  }

  async #successorOf(own: WorkflowExecutionDescription): Promise<WorkflowExecutionDescription> {
    const newest = await this.#client.workflow.getHandle(this.#workflowId).describe();
    return firstRunIdOf(newest) === firstRunIdOf(own) ? newest : own;
  }
}

export const hasEnded = ({ status }: WorkflowExecutionDescription): boolean => isEnded(status.name);
