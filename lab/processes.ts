// Starts the lab's processes and ends exactly those: a process is known by pid AND start time, so a recycled pid is never killed.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inLab } from './paths.js';
import { readState, updateState, type RecordedProcess } from './state.js';

export interface StartOptions {
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold blanks, so count from its closing bracket. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

export const startTimeOf = (pid: number) => statFields(pid)?.[19];

export function isAlive(process: RecordedProcess | undefined): process is RecordedProcess {
  if (process === undefined) return false;
  const fields = statFields(process.pid);
  return fields !== undefined && fields[19] === process.startTime && fields[0] !== 'Z';
}

export const runningProcess = (name: string) => {
  const recorded = readState().processes[name];
  return isAlive(recorded) ? recorded : undefined;
};

/** Starts a process that outlives this one, its output in `<lab>/log/NAME.log`, recorded before anything else happens. */
export function startProcess(
  name: string,
  command: string,
  options: StartOptions,
): RecordedProcess {
  mkdirSync(inLab('log'), { recursive: true });
  const log = openSync(inLab('log', `${name}.log`), 'a');
  const child = spawn(command, options.args, {
    cwd: options.cwd ?? inLab(),
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  // Without a listener a failed spawn would end this process with an unrelated stack.
  child.on('error', (error) => console.error(`${command}: ${error.message}`));
  child.unref();
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  const recorded = { pid: child.pid, startTime: startTimeOf(child.pid) ?? 'gone' };
  updateState((state) => {
    state.processes[name] = recorded;
  });
  return recorded;
}

/** Asks, waits, then kills. Returns when the process is gone. */
export async function endProcess(process_: RecordedProcess, patienceMs = 5000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let signal: NodeJS.Signals = 'SIGTERM'; isAlive(process_); await sleep(50)) {
    if (performance.now() > deadline) signal = 'SIGKILL';
    try {
      // A stopped process takes no SIGTERM until it is continued.
      process.kill(process_.pid, signal);
      process.kill(process_.pid, 'SIGCONT');
    } catch {
      return;
    }
  }
}
