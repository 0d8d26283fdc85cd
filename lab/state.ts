// What a lab leaves on the machine (processes, mounts, loop devices), written down before it can be lost: `down` after a kill reads it.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { labDirectory, inLab } from './paths.js';

/** Known by pid and start time: a recycled pid is somebody else. */
export interface RecordedProcess {
  pid: number;
  startTime: string;
}

export interface LabState {
  processes: Record<string, RecordedProcess>;
  ports: Record<string, number>;
  mounts: string[];
  loopDevices: { device: string; file: string }[];
  accelerator?: string;
  ready?: boolean;
}

const file = () => inLab('state.json');

export function readState(): LabState {
  const empty: LabState = { processes: {}, ports: {}, mounts: [], loopDevices: [] };
  return existsSync(file())
    ? { ...empty, ...(JSON.parse(readFileSync(file(), 'utf8')) as LabState) }
    : empty;
}

/** Read, change, write back in one step; the rename keeps a killed run from leaving half a file. */
export function updateState(change: (state: LabState) => void): LabState {
  const state = readState();
  change(state);
  mkdirSync(labDirectory, { recursive: true });
  writeFileSync(`${file()}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file()}.new`, file());
  return state;
}
