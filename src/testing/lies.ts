// Planted lies: ports that say a thing and do another. A test that stays green with one of them planted tests nothing.
import type { StartAnswer, StartSession, StorageArray } from '../array/array.js';
import type { Clock } from '../domain/clock.js';
import type { Host, SourceHost, TargetHost } from '../host/host.js';

/** The same object with some methods replaced; all others keep their `this`. */
export function withMethods<T extends object>(object: T, replaced: Partial<T>): T {
  return new Proxy(object, {
    get(target, key) {
      if (key in replaced) return Reflect.get(replaced, key) as unknown;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const withSource = <H extends Host>(host: H, replaced: Partial<SourceHost>): H =>
  withMethods<Host>(host, { source: withMethods(host.source, replaced) }) as H;
const withTarget = <H extends Host>(host: H, replaced: Partial<TargetHost>): H =>
  withMethods<Host>(host, { target: withMethods(host.target, replaced) }) as H;

/** Says "still" and froze nothing; reports a pause that nobody saw, by the clock it is given. The holder is armed, and let go, for real. */
export const freezeSkipped = <H extends Host>(host: H, clock: Clock): H =>
  withSource(host, {
    arm: async (order) => {
      const armed = await host.source.arm(order);
      let still = 0;
      return withMethods(armed, {
        quiesce: () => {
          still = clock.now();
          return Promise.resolve();
        },
        attestAndThaw: () => {
          const [beganAt, givenBackAt] = [still, clock.now()];
          armed.close();
          return Promise.resolve({
            ...{
              host: host.name,
              method: 'quiesce' as const,
              beganAt,
              quiescedAt: beganAt,
              givenBackAt,
            },
            ...{ stillUntil: givenBackAt, pauseMs: givenBackAt - beganAt, broken: '' },
          });
        },
      });
    },
  });

/** Attests what it once did, without looking. */
export const attestRemembers = <H extends Host>(host: H): H =>
  withSource(host, {
    attest: async (run) => ({ ...(await host.source.attest(run)), broken: '' }),
    arm: async (order) => {
      const armed = await host.source.arm(order);
      return withMethods(armed, {
        attestAndThaw: async (timeoutMs) => ({
          ...(await armed.attestAndThaw(timeoutMs)),
          broken: '',
        }),
      });
    },
  });

/** Unmounts nothing and says it is released. */
export const unmountLeftOut = <H extends Host>(host: H): H =>
  withTarget(host, { release: () => Promise.resolve(), proveReleased: () => Promise.resolve() });

/** Says the I/O is back and leaves everything as it stands. */
export const giveBackLeftOut = <H extends Host>(host: H): H =>
  withSource(host, { giveBack: () => Promise.resolve(undefined) });

/** Answers "started" at once and sends nothing; the real start is handed to `later`, to be sent long after the thaw. */
export function startLate(
  array: StorageArray,
  later: (start: () => Promise<StartAnswer>) => void,
): StorageArray {
  const late = (session: StartSession): StartSession => ({
    startPrepared: (group, timeoutMs) => {
      later(() => session.startPrepared(group, timeoutMs).finally(() => session.release()));
      return Promise.resolve({
        stateRead: 'prepared',
        started: 'done',
        code: '',
        message: '',
        durationMs: 1,
      });
    },
    startSnapshot: (order, timeoutMs) => {
      later(() => session.startSnapshot(order, timeoutMs).finally(() => session.release()));
      return Promise.resolve({
        stateRead: 'absent',
        started: 'done',
        code: '',
        message: '',
        durationMs: 1,
      });
    },
    release: () => undefined,
  });
  return withMethods(array, {
    reserveStart: async (timeoutMs) => late(await array.reserveStart(timeoutMs)),
  });
}

/** Creates the second mapping outside the group, so that it is not started, and lists it as if it were inside and copying. */
export function secondMappingLeftOut(array: StorageArray): StorageArray {
  let group = '';
  let name = '';
  let created = 0;
  return withMethods(array, {
    createMapping: async (mapping) => {
      created += 1;
      if (created !== 2) return array.createMapping(mapping);
      ({ group, name } = mapping);
      await array.createMapping(mapping);
      await array.changeMapping(name, { group: '' });
    },
    renameGroup: async (from, to) => {
      await array.renameGroup(from, to);
      if (from === group) group = to;
    },
    readGroup: async (wanted) => {
      const found = await array.readGroup(wanted);
      return wanted === group && found?.members !== undefined
        ? { ...found, members: [...found.members, name] }
        : found;
    },
    readMappings: async () => {
      const mappings = await array.readMappings();
      const member = mappings.find((mapping) => mapping.group === group);
      return mappings.map((mapping) =>
        mapping.name === name && member !== undefined
          ? { ...mapping, group, state: member.state, startTime: member.startTime }
          : mapping,
      );
    },
  });
}
