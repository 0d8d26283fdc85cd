// A scenario on the simulation driver.
import type { Client } from '@temporalio/client';
import type { Worker } from '../driver/activity.js';
import { EventQueue } from '../driver/event-queue.js';
import { errorOf, payloadsOf, valueOf } from '../driver/protocol.js';
import type { Run } from '../driver/run.js';
import type { Vm } from '../driver/sdk-vm.js';
import { Server } from '../driver/server.js';
import { createConformanceActivities, type Deed } from './activities.js';
import type { Ended, Seen } from './seen.js';
import type { Scenario, Stimulus } from './script.js';
import { describeError } from './workflows.js';

let worlds = 0;

export async function playOnDriver(vm: Vm, scenario: Scenario): Promise<Seen> {
  const queue = new EventQueue();
  const activities = createConformanceActivities((ms, signal) => queue.sleep(ms, signal));
  const worker: Worker = {
    dead: false,
    client: undefined as unknown as Client,
    body: () => (deed) => activities.deed(deed as Deed),
  };
  const server = new Server({
    vm,
    queue,
    seed: 1,
    name: `conformance${(worlds += 1)}`,
    worker: () => worker,
    throttleMs: 200,
  });
  const run = server.start({
    id: 'w',
    type: 'scripted',
    args: payloadsOf(['w', scenario.script]),
    taskQueue: 'q',
  })!;
  const answers: string[] = [];
  for (const stimulus of scenario.then ?? [])
    queue.after(stimulus.at, () => stimulate(server, stimulus, answers));
  if (scenario.runTimeoutMs !== undefined)
    queue.after(scenario.runTimeoutMs, () => server.timeOut(run));
  try {
    await queue.run({ events: 10_000, ms: 120_000 });
    return { runs: server.runs.map(endOf), answers };
  } finally {
    for (const each of server.runs) await server.tasks.evict(each);
  }
}

function stimulate(server: Server, stimulus: Stimulus, answers: string[]): void {
  const id = `w${'child' in stimulus ? (stimulus.child ?? '') : ''}`;
  const run = server.newest(id)!;
  if (stimulus.do === 'signal') server.signal(id, 'tell', payloadsOf([stimulus.text]));
  else if (stimulus.do === 'cancel') server.cancel(id);
  else if (stimulus.do === 'terminate') server.terminate(run);
  else if (stimulus.do === 'reset') server.reset(run, stimulus.tasks);
  else
    server.update(run, 'ask', [stimulus.text]).then(
      (answer) => answers.push(String(answer)),
      () => answers.push('no answer'),
    );
}

const endOf = (run: Run): Ended => ({
  id: run.id,
  status: run.status,
  result: run.status === 'COMPLETED' ? valueOf<readonly string[]>(run.result) : [],
  failure:
    run.status === 'FAILED' && run.failure !== undefined ? describeError(errorOf(run.failure)) : '',
  events: run.events.map((event) => event.split(' ')[0] ?? ''),
});
