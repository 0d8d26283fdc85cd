// Starts the array's process and waits for what it says of itself.
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { inLab, labDirectory, repository, source } from './paths.js';
import { isAlive, runningProcess, startProcess } from './processes.js';
import { storeDirectory } from './san/store.js';
import { until } from './until.js';

export interface RunningArray {
  port: number;
  hostKey: string;
  publicKey: string;
}

export async function startArray(): Promise<RunningArray> {
  const about = inLab('array.json');
  let running = runningProcess('array');
  if (running === undefined) {
    await rm(about, { force: true });
    const args = ['--import', 'tsx', source('array.ts')];
    running = startProcess('array', process.execPath, {
      args,
      cwd: repository,
      env: { LAB_DIR: labDirectory },
    });
  }
  const started = running;
  await until('the simulated array (see log/array.log)', { within: 60_000 }, () => {
    if (!isAlive(started)) throw new Error('the simulated array ended at once: see log/array.log');
    return Promise.resolve(existsSync(about) || undefined);
  });
  const { port, hostKey } = JSON.parse(await readFile(about, 'utf8')) as {
    port: number;
    hostKey: string;
  };
  const { stdout } = await execa('ssh-keygen', [
    '-y',
    '-f',
    `${storeDirectory()}/ssh_host_ed25519_key`,
  ]);
  return { port, hostKey, publicKey: stdout.trim() };
}
