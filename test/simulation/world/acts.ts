// How a fault is carried out: around an activity's body, at a port call, on the run, or by a stranger on array and hosts.
import { toFailure } from '../../../src/activities/failure-boundary.js';
import { FlashCopyError } from '../../../src/domain/errors.js';
import {
  ABORT_UPDATE,
  CHANGE_RATE_UPDATE,
  GUARD,
  RESOLVE_UPDATE,
} from '../../../src/workflows/messages.js';
import type { Attempt } from '../driver/activity.js';
import type { Run } from '../driver/run.js';
import {
  AWAY,
  faultLine,
  RATE_CHANGED,
  type RESOLVED,
  subjectOf,
  type ActivityEffect,
  type Fault,
  type PortEffect,
} from './faults.js';
import type { Gate, PortCall } from './ports.js';
import { cloneOf, VOLUME_GROUP } from './san.js';
import { SECRET, type World } from './world.js';

const planted = (what: Pick<FlashCopyError, 'outcome' | 'retry'>): FlashCopyError =>
  new FlashCopyError({
    family: 'host',
    code: 'PLANTED',
    message: `planted; password=${SECRET}`,
    ...what,
  });

/** Strangers clear away after this long: an operator has been called. */
const CLEARED_AFTER_MS = 120_000;
/** Nobody waits a year for a time-out. */
const LONGEST_MS = 86_400_000;
const BEAT_EVERY_MS = 10_000;

/** The copy a run belongs to: itself, or the parent of a guard. */
const copyOf = (world: World, run: Run): Run | undefined =>
  run.spec.type === GUARD ? world.server.newest(run.id.split('/guard/')[0] ?? '') : run;

const isOver = (attempt: Attempt): Promise<void> =>
  attempt.over ? Promise.resolve() : new Promise((resolve) => attempt.onOver.push(resolve));

export function aroundAttempt(
  world: World,
  attempt: Attempt,
  given: () => Promise<unknown>,
): Promise<unknown> {
  const body = async (): Promise<unknown> => {
    const value = await given();
    // What a reset or a death left running ends by itself, and counts for nobody.
    if (!attempt.over && attempt.activity.run.open) world.order.done(attempt);
    return value;
  };
  const { type, run } = attempt.activity;
  const { token } = (attempt.activity.args[0] ?? {}) as { readonly token?: string };
  if (token !== undefined) world.tokens.set(run.runId, token);
  world.order.look(attempt);
  if (/^flashCopy(TakePointInTime|StartGroups)$/.test(type)) world.starters.add(run.runId);
  const fault = world.faults.take(type, subjectOf(attempt.activity));
  if (fault === undefined) return body();
  world.acts.push(
    `${world.queue.now()}: ${faultLine(fault)}, attempt ${attempt.number} of ${run.id}`,
  );
  if (fault.effect !== AWAY) return suffer(world, { attempt, body, fault });
  world.away(fault);
  return attempt.worker.dead ? new Promise(() => undefined) : body();
}

interface Suffering {
  readonly attempt: Attempt;
  readonly body: () => Promise<unknown>;
  readonly fault: Fault;
}

async function suffer(world: World, { attempt, body, fault }: Suffering): Promise<unknown> {
  const effect = fault.effect as ActivityEffect | typeof RATE_CHANGED | typeof RESOLVED;
  switch (effect) {
    case 'queued':
      return body();
    case 'refused':
      throw toFailure(planted({ outcome: 'not-done', retry: 'never' }), [SECRET]);
    case 'throws-before':
      throw toFailure(planted({ outcome: 'not-done', retry: 'safe' }), [SECRET]);
    case 'throws-after':
      await body();
      throw toFailure(planted({ outcome: 'unknown', retry: 'after-check' }), [SECRET]);
    case 'fails-after':
      await body();
      throw toFailure(planted({ outcome: 'unknown', retry: 'never' }), [SECRET]);
    case 'late':
      // The process is stopped after its first call, and goes on when its attempt has long been given up.
      attempt.muted = true;
      world.frozen.set(
        attempt.environment.context,
        isOver(attempt).then(() => world.queue.sleep(fault.ms)),
      );
      return body();
    case 'answer-lost':
      attempt.muted = true;
      attempt.unheard = true;
      return body();
    case 'hangs':
      attempt.muted = true;
      attempt.unheard = true;
      return isOver(attempt);
    case 'times-out':
      if ((attempt.activity.limits.startToCloseMs ?? 0) > LONGEST_MS) return body();
      attempt.unheard = true;
      while (!attempt.over && !attempt.worker.dead) {
        attempt.environment.emit('heartbeat', attempt.details);
        await world.queue.sleep(
          Math.min(BEAT_EVERY_MS, (attempt.activity.limits.heartbeatMs ?? Infinity) / 3),
        );
      }
      return undefined;
    case 'resolved':
      await resolvedByHand(world, copyOf(world, attempt.activity.run));
      return body();
    case 'rate-changed':
    case 'cancel':
    case 'abort':
    case 'terminate':
    case 'reset':
    case 'workflow-timeout':
    case 'worker-killed':
      return struck(world, { attempt, body, fault });
    case 'foreign-start':
    case 'foreign-stop':
    case 'foreign-thaw':
    case 'foreign-mount':
    case 'foreign-unmap': {
      const value = await body();
      await strangerActs(world, effect, fault.where);
      return value;
    }
  }
}

/** Something happens to the whole run, or to the worker, while the body is under way; after it when `ms` is odd. A reset goes `ms` / 2 tasks back. */
async function struck(world: World, { attempt, body, fault }: Suffering): Promise<unknown> {
  const copy = copyOf(world, attempt.activity.run);
  const early = fault.ms % 2 === 0;
  const strike = (): void => strikeAt(world, copy, fault);
  if (early) {
    strike();
    // A dead process does nothing more.
    return attempt.worker.dead ? new Promise(() => undefined) : body();
  }
  const value = await body();
  strike();
  return value;
}

function strikeAt(world: World, copy: Run | undefined, { effect, ms }: Fault): void {
  if (effect === 'worker-killed') return world.killWorker();
  if (copy?.open !== true) return;
  if (effect === 'cancel') world.server.cancel(copy.id);
  else if (effect === 'terminate') world.server.terminate(copy);
  else if (effect === 'workflow-timeout') world.server.timeOut(copy);
  else if (effect === 'abort')
    void world.server.update(copy, ABORT_UPDATE, ['planted']).catch(() => undefined);
  else if (effect === RATE_CHANGED)
    void world.server.update(copy, CHANGE_RATE_UPDATE, [{ copyRate: 30 }]).catch(() => undefined);
  // A server refuses a reset before the first task has ended: there is nothing to go back to.
  else if (effect === 'reset' && copy.log.length > 0)
    world.server.reset(copy, Math.max(0, copy.log.length - 1 - (ms >> 1)));
}

/** At the console: what the run holds is let go, without the run. Then the run is told. */
async function resolvedByHand(world: World, copy: Run | undefined): Promise<void> {
  if (copy?.open !== true) return;
  const run = `${world.orderOf(copy)?.set ?? ''}-${world.tokens.get(copy.runId) ?? ''}`;
  for (const { host } of world.san.sources)
    for (const [holder, held] of host.source.holders)
      if (holder.startsWith(run)) await held.giveBack('a person gave it back');
  const word = { by: 'ada', reason: 'given back at the console' };
  void world.server.update(copy, RESOLVE_UPDATE, [word]).catch(() => undefined);
}

/** Around these something may stand still, or be cut. */
const PORTS_THAT_MATTER = /^(source|hold|session)\./;

/** Every port call passes here: applications write, the watch looks, faults strike. */
export const gateOf =
  (world: World): Gate =>
  async (call, work) => {
    const fault = world.faults.take(call.name, call.where);
    const matters = PORTS_THAT_MATTER.test(call.name);
    if (matters) await world.queue.sleep(world.chance.between(1, 4));
    if (matters) world.san.poke();
    if (matters) world.io.look();
    if (/^(hold\.quiesce|source\.takeDown)$/.test(call.name)) world.order.standsStill(call.where);
    try {
      if (fault?.effect === AWAY) world.away(fault);
      await world.outages.refuse(call.where);
      if (fault === undefined || fault.effect === AWAY) return await work();
      world.acts.push(`${world.queue.now()}: ${faultLine(fault)}`);
      return await portSuffers(world, { call, fault, work });
    } finally {
      await world.whileFrozen();
      if (matters) world.san.poke();
      if (matters) world.io.look();
    }
  };

interface Call<T> {
  readonly call: PortCall;
  readonly fault: Fault;
  readonly work: () => Promise<T>;
}

/** The caller hears at once that its answer is lost. Of an array one command is late, and what was read before it is told. */
async function landsLate<T>(world: World, { call, fault, work }: Call<T>): Promise<T> {
  const array = world.san.arrays.get(call.where);
  if (array === undefined) {
    world.queue.after(fault.ms, () => void work().catch(() => undefined));
    throw planted({ outcome: 'unknown', retry: 'after-check' });
  }
  array.landLate(fault.ms);
  try {
    return await work();
  } finally {
    array.landLate(undefined);
  }
}

async function portSuffers<T>(world: World, suffering: Call<T>): Promise<T> {
  const { fault, work } = suffering;
  const effect = fault.effect as PortEffect;
  switch (effect) {
    case 'lands-late':
      return landsLate(world, suffering);
    case 'refused':
      throw planted({ outcome: 'not-done', retry: 'never' });
    case 'throws-before':
      throw planted({ outcome: 'not-done', retry: 'safe' });
    case 'throws-after':
      await work();
      throw planted({ outcome: 'unknown', retry: 'after-check' });
    case 'stalls':
      await world.queue.sleep(fault.ms);
      return work();
    case 'cancel':
    case 'terminate':
    case 'reset':
    case 'worker-killed': {
      const result = work();
      strikeAt(world, openCopy(world), fault);
      return result;
    }
    case 'foreign-start':
    case 'foreign-stop':
    case 'foreign-thaw':
    case 'foreign-mount':
    case 'foreign-unmap': {
      await strangerActs(world, effect, '');
      return work();
    }
  }
}

const openCopy = (world: World): Run | undefined =>
  world.runsOf('copy').findLast((run) => run.open);

/** Whoever else has a command line: an administrator, a cron job, another tool. */
async function strangerActs(world: World, effect: Fault['effect'], where: string): Promise<void> {
  const { san, queue } = world;
  const host =
    san.sources.find(({ name }) => name === where) ??
    san.sources[Math.min(1, san.sources.length - 1)]!;
  const sets = [...world.orders.values()].map(({ set }) => `${set.slice(0, 8)}_`);
  if (effect === 'foreign-thaw') {
    for (const at of host.mountPoints) {
      const fileSystem = host.host.kernel.mountAt(at)?.fileSystem;
      if (fileSystem?.frozen === true) fileSystem.thaw();
    }
  }
  if (effect === 'foreign-mount') {
    const device = deviceOf(world, host.name);
    const mount = await host.host.kernel
      .mount(device, '/mnt/stranger', { readOnly: false })
      .catch(() => undefined);
    mount?.users.add('stranger');
    // He writes when nobody else does: a device that nobody holds is his.
    if (mount !== undefined && host.host.kernel.mountAt(host.mountPoints[0]!) === undefined) {
      await mount.fileSystem.append('records', Buffer.from('written by a stranger'.padEnd(32)));
      await mount.fileSystem.flush();
    }
    queue.after(CLEARED_AFTER_MS, async () => {
      mount?.users.delete('stranger');
      await host.host.kernel.unmount('/mnt/stranger');
    });
  }
  for (const array of san.arrays.values()) {
    const ours = array.system.state.groups
      .map(({ name }) => name)
      .filter((name) => sets.some((set) => name.startsWith(set)));
    if (effect === 'foreign-start')
      for (const name of ours) await array.foreign(`startfcconsistgrp ${name}`);
    if (effect === 'foreign-stop')
      for (const name of ours) await array.foreign(`stopfcconsistgrp ${name}`);
    if (effect === 'foreign-stop')
      for (const { name } of array.system.state.snapshots)
        if (sets.some((set) => name.startsWith(set)))
          await array.foreign(`rmsnapshot -snapshot ${name} -volumegroup ${VOLUME_GROUP}`);
    if (effect === 'foreign-unmap' && array.name === host.array)
      await array
        .foreign(`rmvdiskhostmap -host dev1 ${host.volumes[0]}_copy`)
        .then(() => array.foreign(`rmvdiskhostmap -host dev1 ${host.volumes[0]}_copy2`))
        .then(() => array.foreign(`rmvdiskhostmap -host dev1 ${cloneOf(host.volumes[0]!)}`));
  }
  // Whoever could write again does so before anything else happens.
  await queue.sleep(1);
}

function deviceOf(world: World, name: string): string {
  const host = world.san.sources.find((each) => each.name === name)!;
  const at = host.mountPoints[0]!;
  const mounted = host.host.kernel.mountAt(at);
  if (mounted !== undefined) return mounted.fileSystem.device.path;
  return name === 'app1'
    ? '/dev/vg_app1/logs'
    : `uid:${world.san.uid(host.array, host.volumes[0]!)}`;
}
