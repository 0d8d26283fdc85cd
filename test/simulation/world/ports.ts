// Ports as one worker process sees them: every call passes a gate where faults stand, and once the process is dead nothing comes back from it.
import type { StorageArray } from '../../../src/array/array.js';
import type { Clock } from '../../../src/domain/clock.js';
import type { Host } from '../../../src/host/host.js';

export interface PortCall {
  /** `array.readGroup`, `session.startPrepared`, `source.arm`, `hold.quiesce`, `target.mount`, `host.inspect`. */
  readonly name: string;
  /** Array or host. */
  readonly where: string;
}

export type Gate = <T>(call: PortCall, work: () => Promise<T>) => Promise<T>;

export interface Process {
  readonly dead: boolean;
  /** Closed by the kernel when the process dies. */
  readonly channels: Set<() => void>;
}

/** Calls that answer at once and cannot fail. */
const SYNCHRONOUS = new Set(['close', 'release', 'hasIo']);
const never = <T>(): Promise<T> => new Promise(() => undefined);

/** Nothing passes a dead process, in neither direction. */
export const whileAlive = async <T>(process: Process, work: () => Promise<T>): Promise<T> => {
  if (process.dead) return never();
  try {
    const value = await work();
    return process.dead ? await never<T>() : value;
  } catch (error) {
    if (process.dead) return never();
    throw error;
  }
};

interface Wrapping {
  readonly process: Process;
  readonly gate: Gate;
  readonly where: string;
}

type Method = (...args: unknown[]) => unknown;

function wrap<T extends object>(port: T, prefix: string, how: Wrapping): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key === 'source' || key === 'target') return wrap(value as object, key, how);
      if (typeof value !== 'function' || typeof key !== 'string') return value;
      const method = (value as Method).bind(target);
      if (SYNCHRONOUS.has(key)) return method;
      return (...args: unknown[]) =>
        whileAlive(how.process, async () => {
          const call = { name: `${prefix}.${key}`, where: how.where };
          const result = await how.gate(call, () => method(...args) as Promise<unknown>);
          return opened(key, result, how);
        });
    },
  });
}

/** What a call opens is a port of its own, and ends with the process. */
function opened(key: string, result: unknown, how: Wrapping): unknown {
  if (key === 'arm') {
    const hold = result as { close(): void };
    how.process.channels.add(() => hold.close());
    return wrap(hold, 'hold', how);
  }
  if (key === 'reserveStart') {
    const session = result as { release(): void };
    how.process.channels.add(() => session.release());
    return wrap(session, 'session', how);
  }
  return result;
}

export const arrayOf = (array: StorageArray, process: Process, gate: Gate): StorageArray =>
  wrap(array, 'array', { process, gate, where: array.name });

export const hostOf = (host: Host, process: Process, gate: Gate): Host =>
  wrap(host, 'host', { process, gate, where: host.name });

export const clockOf = (clock: Clock, process: Process): Clock => ({
  now: () => clock.now(),
  sleep: (ms, signal) => whileAlive(process, () => clock.sleep(ms, signal)),
});
