// Updates as a server takes them: at most ten at a time and two thousand in all for one run, the caller's own client comes again when it is refused.
// Resolves with the handler's answer; rejects with what it threw, or when the run closes first.
import { SERVER } from './limits.js';
import { payloadsOf, valueOf } from './protocol.js';
import type { Stream } from './random.js';
import type { Run, Update } from './run.js';
import type { Command, Job } from './sdk-vm.js';
import type { Server } from './server.js';

type UpdateResponse = NonNullable<Command['updateResponse']>;

/** As the client of the SDK waits after RESOURCE_EXHAUSTED. */
const AGAIN = { firstMs: 1_000, factor: 1.7, mostMs: 10_000, tries: 10 } as const;

export class Updates {
  #count = 0;
  /** How often one was refused because ten were in flight. */
  refused = 0;

  constructor(
    private readonly server: Server,
    private readonly latency: Stream,
  ) {}

  ask(run: Run, name: string, args: readonly unknown[]): Promise<unknown> {
    const id = `update-${(this.#count += 1)}`;
    return new Promise((resolve, reject) => {
      const update: Update = {
        ...{ id, state: 'sent' },
        resolve: (payload) => resolve(valueOf(payload)),
        reject: (failure) => reject(new Error(failure.message ?? 'rejected')),
      };
      const job: Job = {
        doUpdate: {
          ...{ id, protocolInstanceId: id, name, input: payloadsOf(args), runValidator: true },
          meta: { updateId: id, identity: '' },
        },
      };
      this.server.queue.after(this.latency.between(1, 4), () =>
        this.#admit(run, { update, job }, 1),
      );
    });
  }

  #admit(run: Run, one: { readonly update: Update; readonly job: Job }, attempt: number): void {
    const { update, job } = one;
    const open = run.open ? run : this.server.newest(run.id);
    if (open?.open !== true)
      return update.reject({ message: 'workflow execution already completed' });
    const full = open.updates.size >= SERVER.updatesInFlight;
    if (full || open.updatesInAll >= SERVER.updatesInAll) {
      this.refused += 1;
      if (attempt > AGAIN.tries) return update.reject({ message: 'RESOURCE_EXHAUSTED' });
      const wait = Math.min(AGAIN.mostMs, AGAIN.firstMs * AGAIN.factor ** (attempt - 1));
      this.server.queue.after(wait, () => this.#admit(run, one, attempt + 1));
      return;
    }
    open.updatesInAll += 1;
    open.updates.set(update.id, update);
    this.server.deliver(open, job, '');
  }

  answered(run: Run, answer: UpdateResponse): void {
    const id = answer.protocolInstanceId ?? '';
    const update = run.updates.get(id);
    if (answer.accepted != null) {
      run.events.push('WorkflowExecutionUpdateAccepted');
      if (update !== undefined) update.state = 'accepted';
      return;
    }
    if (update?.state === 'accepted') run.events.push('WorkflowExecutionUpdateCompleted');
    run.updates.delete(id);
    if (update === undefined) return;
    this.server.queue.after(this.latency.between(1, 4), () => {
      if (answer.rejected != null) update.reject(answer.rejected);
      else update.resolve(answer.completed ?? undefined);
    });
  }

  /** Asked again by a reset: nobody waits for the answer. */
  reapply(run: Run, job: Job): void {
    const id = job.doUpdate?.protocolInstanceId ?? '';
    run.events.push('WorkflowExecutionUpdateAdmitted');
    run.updatesInAll += 1;
    run.updates.set(id, { id, state: 'sent', resolve: () => undefined, reject: () => undefined });
  }
}
