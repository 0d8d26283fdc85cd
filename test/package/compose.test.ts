// What docs/compose.md promises of simulator and worker, with the very files that docker-compose.yml mounts; only addresses are put in.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flashcopyMain } from './built.js';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
let simulator: ChildProcess;
let said = '';

/** `config/inventory.yaml` as a user leaves it, with the simulator where it runs here. */
async function doctor(edit: (inventory: string) => string) {
  const written = await readFile(path.join(root, 'config/inventory.yaml'), 'utf8');
  const port = /ssh port (\d+)/.exec(said)?.[1] ?? '';
  const file = path.join(folder, 'inventory.yaml');
  await writeFile(file, edit(written.replace('simulator:2222', `127.0.0.1:${port}`)));
  const env = { FLASHCOPY_SIMULATOR_PASSWORD: 'simulator-only' };
  return execa(process.execPath, [flashcopyMain, 'doctor', '--inventory', file], {
    cwd: root,
    env,
    reject: false,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flashcopy-compose-'));
  const args = [
    'simulator',
    '--config',
    'config/simulator.yaml',
    '--ssh',
    '127.0.0.1:0',
    '--data',
    folder,
  ];
  simulator = spawn(process.execPath, [flashcopyMain, ...args], { cwd: root });
  await new Promise<void>((resolve, reject) => {
    simulator.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('simulator ready')) resolve();
    });
    simulator.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    simulator.once('exit', () => reject(new Error(said)));
  });
});
afterAll(async () => {
  simulator.kill('SIGTERM');
  await new Promise((resolve) => simulator.once('exit', resolve));
  await rm(folder, { recursive: true, force: true });
});

describe('the files of docker-compose.yml', () => {
  it('make the worker refuse the simulator until its key stands in the inventory', async () => {
    const { exitCode, stdout } = await doctor((inventory) => inventory);
    expect(exitCode).toBe(4);
    expect(stdout).toContain('TROUBLE array svc-lab: HOST_KEY_UNKNOWN');
  });

  it('let the worker in once the key that the simulator printed is there', async () => {
    const key = /host key (\S+)/.exec(said)?.[1] ?? '';
    const { stdout, exitCode } = await doctor((inventory) =>
      inventory.replace(/# hostKey: .*/, `hostKey: '${key}'`),
    );
    expect(stdout).toMatch(/^ok +array svc-lab: svc-lab, code level 8\.6\.0\.0/m);
    expect(exitCode).toBe(0);
  });
});
