// `make demo`: the main job, seen working. Two consistent copies between two real Linux guests, checked byte by byte. Exit 0 only when all of it held.
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { reportLines } from '../../src/cli/report-text.js';
import { createOutput } from '../../src/cli/output.js';
import { createProgressView } from '../../src/cli/progress-view.js';
import { inLab, source } from '../paths.js';
import { phase } from '../phase.js';
import { readState } from '../state.js';
import {
  copyAndCheck,
  setUpSource,
  startDemoWorker,
  startWriters,
  type DemoWorker,
  type Writers,
} from './session.js';

const keep = process.env['KEEP'] === '1';
const script = (file: string) =>
  execa(process.execPath, ['--import', 'tsx', source(file)], { stdio: 'inherit' });

if (process.platform !== 'linux' || process.getuid?.() !== 0) {
  const { demoOnModels } = await import('./models.js');
  process.exit(await demoOnModels());
}

const began = performance.now();
try {
  // A lab that a killed run or a person left.
  if (existsSync(inLab('state.json'))) await script('down.ts');
  await phase('lab', () => script('up.ts'));
  const starting = phase('worker', () => startDemoWorker());
  // Awaited below; a failure meanwhile must not end the process in the middle of it.
  starting.catch(() => undefined);
  try {
    await phase('volume group over two VDisks, striped, xfs on source1', setUpSource);
    const writers = await phase('writers on source1', () => startWriters());
    try {
      await demoCopy('unmount', await starting, writers);
      await demoCopy('quiesce', await starting, writers);
    } finally {
      await writers.close();
    }
  } finally {
    await starting.then((worker) => worker.stop());
  }
  console.log(`demo: both copies are good (${((performance.now() - began) / 1000).toFixed(0)} s)`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error('demo: FAILED');
  process.exitCode = 1;
} finally {
  if (keep) sayWhatStands();
  else await phase('lab down', () => script('down.ts'));
}

async function demoCopy(
  method: 'unmount' | 'quiesce',
  { client }: DemoWorker,
  writers: Writers,
): Promise<void> {
  console.log(`\n== copy by ${method} ==`);
  const view = createProgressView(createOutput(false));
  const show = (report: Parameters<typeof view.show>[0]) => view.show(report);
  const { report, checked } = await phase(`copy by ${method}, and its check`, () =>
    copyAndCheck(method, { client, writers, show }).finally(() => view.end()),
  );
  for (const line of reportLines(report)) console.log(line);
  const run = `${encodeURIComponent(report.workflowId)}/${report.runId}`;
  console.log(
    `in the Temporal UI: http://127.0.0.1:${readState().ports['ui']}/namespaces/default/workflows/${run}`,
  );
  console.log(
    `checked on backup1: ${checked.records} records, ${checked.acknowledged} acknowledged before the quiesce`,
  );
  if (
    method === 'quiesce' &&
    !report.steps.some(({ name, state }) => name === 'makePreparable' && state === 'done')
  )
    throw new Error(
      'the first copy had reached 100 % before the second: the refresh of a running copy was not shown',
    );
  if (checked.findings.length === 0) return;
  throw new Error(
    `the copy by ${method} is not what it is said to be:\n${checked.findings.join('\n')}`,
  );
}

function sayWhatStands(): void {
  console.log(`everything is still up (make lab-down ends it). Try:
  ssh -F ${inLab('ssh_config')} backup1 findmnt /backup/data
  ssh -F ${inLab('ssh_config')} svc-lab lsfcmap
  npx flashcopy plan examples/lab-request.yaml --inventory ${inLab('inventory.yaml')}`);
}
