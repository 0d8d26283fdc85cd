// The lab from a shell, as the README says: `npx flashcopy run` with the lab's own inventory, `flashcopy status` beside it, and the exit code.
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/client/index.js';
import { checkCopy } from '../../lab/demo/check.js';
import { backup1, source1, startWriters, type Writers } from '../../lab/demo/session.js';
import { readState } from '../../lab/state.js';
import { until } from '../../lab/until.js';
import { flashcopy, inventoryFile, removeCopies } from '../lab/copies.js';
import { lab, prepareSource } from '../lab/linux-host-lab.js';

let writers: Writers;
const address = () => `127.0.0.1:${readState().ports['temporal']}`;

beforeAll(async () => {
  await prepareSource((await lab()).source);
  await removeCopies();
  await source1.sh('systemctl stop fc-writer.service');
  writers = await startWriters('acknowledgements-shell.log');
  await until(
    'records',
    { within: 30_000 },
    async () => (await writers.acknowledgements()).length > 20 || undefined,
  );
  // The demo's check must see a writer that rests in the pause: what it cannot see moving proves nothing.
  await source1.sh('systemctl stop fc-writer.service');
});
afterAll(async () => {
  await writers.close();
  await removeCopies();
});

describe('flashcopy in a shell', () => {
  it('runs the example of the lab, tells its status meanwhile, and ends with 0 and one document', async () => {
    const args = [
      'flashcopy',
      'run',
      'examples/lab-request.yaml',
      '--inventory',
      inventoryFile,
      '--json',
    ];
    const running = execa('npx', args, { reject: false, stdin: 'ignore' });
    const status = await until(
      'a status of the running copy',
      { within: 120_000, every: 2_000 },
      async () => {
        const { exitCode, stdout } = await flashcopy(
          'status',
          'demo',
          '--address',
          address(),
          '--json',
        );
        return exitCode === 0 ? (JSON.parse(stdout) as Report) : undefined;
      },
    );
    expect(status).toMatchObject({ set: 'demo', outcome: 'running' });

    const { exitCode, stdout, stderr } = await running;
    expect(exitCode, stderr).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ outcome: 'done', grade: 'filesystem', verified: true });
    expect(report.mounts).toMatchObject([{ host: 'backup1', from: '/data', at: '/backup/data' }]);

    // A good copy all the same: only that nobody wrote is found, for both writers.
    const acknowledgements = await writers.acknowledgements();
    const { findings, acknowledged } = await checkCopy(backup1, '/backup/data', {
      report,
      acknowledgements,
    });
    expect(acknowledged).toBeGreaterThan(20);
    expect(findings.map((line) => /^(\w+): instance (\d)/.exec(line)?.slice(1).join(' '))).toEqual([
      ...['idle 1', 'idle 1', 'idle 1'],
      ...['idle 2', 'idle 2', 'idle 2'],
    ]);
  });
});
