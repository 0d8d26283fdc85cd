// Door of the simulator: an SVC that behaves, in process or over SSH.
export { startSimulator, type Simulator, type SimulatorOptions } from './simulator.js';
export { createSystem, savedState, type SimulatedSystem } from './system.js';
export type { SystemOptions } from './assembly.js';
export { parseSimulatorConfig, type SimulatorConfig, type SimulatorConfigInput } from './config.js';
export { Faults, type Fault, type FaultEffect } from './faults.js';
export type { Statistics } from './statistics.js';
export type { DataPlane, ServedVolume } from './data-plane.js';
export type {
  VisibleVolume,
  VolumeAddress,
  VolumeIo,
  VolumeRead,
  VolumeWrite,
} from './volume-io.js';
export type { SshLimits } from './ssh/admission.js';
