// What must hold when nothing happens any more, asked of hosts, arrays, locks and bytes, never of a status alone: promises P1 to P6.
// Each violation is one line for a person; none is the answer hoped for.
import type { Report } from '../../../src/domain/report.js';
import { LEDGER_QUERY, type LedgerGrant } from '../../../src/workflows/messages.js';
import type { Run } from '../driver/run.js';
import { contradiction } from './copy-bytes.js';
import { goodCopiesLost } from './ended.js';
import { IoWatch } from './io-watch.js';
import { AWAY } from './faults.js';
import { TEMPORAL, WORKERS } from './kinds.js';
import { THEIR_GROUP } from './san.js';
import { restoresLeft } from './restored.js';
import { reportOf, SECRET, type World } from './world.js';

/** Beyond a deadline: the holder's own give back, and the look of the watch. */
const SLACK_MS = 5_000;
const DEADLINE_MS = { quiesce: 10_000 + 15_000, unmount: 60_000 } as const;

/** `stuck`: time or events ran out. Empty when every promise was kept. */
export async function violations(world: World, stuck: boolean): Promise<string[]> {
  const found = [
    ...(stuck ? ['P4: the world never came to rest'] : []),
    ...world.server.overLimit.map((what) => `P4: ${what}`),
    ...[...world.server.cutFailures].map((what) => `P4: the server cut the progress of ${what}`),
    ...openRuns(world),
    ...leftovers(world),
    ...hostsWithoutIo(world),
    ...world.endedTooEarly.map(
      (which) => `P2: a run ended while a source lacked its I/O: ${which}`,
    ),
    ...world.order.broken,
    ...falseFailure(world),
    ...lostToAnOutage(world),
    ...snapshotsLeft(world),
    ...createdLeft(world),
    ...arraysLeft(world),
    ...secretsSeen(world),
    ...(await locksLeft(world)),
    ...(await strangersTouched(world)),
    ...(await falseSuccess(world)),
    ...(await goodCopiesLost(world)),
    ...(await restoresLeft(world)),
  ];
  return [...new Set(found)];
}

function openRuns(world: World): string[] {
  const open = [...world.runsOf('copy'), ...world.runsOf('guard')].filter((run) => run.open);
  return open.map(
    (run) => `P4: ${run.spec.type} ${run.id} is still open and waits for nothing that will come`,
  );
}

function leftovers(world: World): string[] {
  return [...world.server.activities.live].map(
    ({ activity, over }) =>
      `an activity is left: ${activity.type} of ${activity.run.id}${over ? ', a zombie' : ''}`,
  );
}

function hostsWithoutIo(world: World): string[] {
  world.io.look();
  const { longest } = world.io;
  const methods = [...world.orders.values()].map(({ method }) => DEADLINE_MS[method]);
  const allowed = Math.max(0, ...methods) + SLACK_MS;
  return [
    ...world.san.sources.flatMap((source) => {
      const { name, host, mountPoints } = source;
      const { kernel } = host;
      return [
        ...(!world.san.watched.includes(source) || IoWatch.hasIo(source)
          ? []
          : [
              `P2: ${name} has no I/O: ${mountPoints.filter((at) => !host.hasIo(at)).join(', ') || 'its unit does not run'}`,
            ]),
        ...(host.source.heldBy() === ''
          ? []
          : [`P2: ${name} is still held by ${host.source.heldBy()}`]),
        ...(kernel.blocked.size === 0
          ? []
          : [`P2: ${name} is still blocked at ${[...kernel.blocked].join(', ')}`]),
        ...(kernel.holds.size === 0
          ? []
          : [`P2: ${name} still holds ${[...kernel.holds.keys()].join(', ')} exclusively`]),
      ];
    }),
    ...(longest !== undefined && longest.ms > allowed
      ? [`P2: ${longest.host} was without I/O for ${longest.ms} ms, allowed are ${allowed} ms`]
      : []),
  ];
}

function arraysLeft(world: World): string[] {
  return [...world.san.arrays.values()].flatMap(({ name, system, starts }) => {
    const { groups, mappings } = system.state;
    const prepared = groups
      .filter((group) => group.name !== THEIR_GROUP)
      .filter((group) =>
        system.state
          .mappingsOf(group.id)
          .some(({ state }) => state === 'prepared' || state === 'preparing'),
      );
    const targets = mappings.map(({ target }) => target);
    const tokens = starts.filter(({ ours }) => ours).map(({ group }) => group);
    return [
      ...prepared.map((group) => `P2: group ${group.name} on ${name} is still prepared`),
      ...(new Set(targets).size < targets.length
        ? [`P4: a volume of ${name} is target of two mappings`]
        : []),
      ...tokens
        .filter(
          (group, at) =>
            tokens.slice(0, at).filter((one) => one === group).length >= lives(world, group),
        )
        .map((group) => `P4: ${group} on ${name} was started twice by us`),
    ];
  });
}

/** A run that was reset to before its start starts once more, under the name its plan gave; each life that came to its start, once. */
function lives(world: World, group: string): number {
  const first = world
    .runsOf('copy')
    .find(({ runId }) => group.endsWith(`_${world.tokens.get(runId) ?? '-'}`))?.firstRunId;
  const starters = world
    .runsOf('copy')
    .filter((run) => run.firstRunId === first && world.starters.has(run.runId));
  return Math.max(1, starters.length);
}

function secretsSeen(world: World): string[] {
  const seen = world.server.runs.filter((run) =>
    JSON.stringify(
      [
        run.failure,
        run.result,
        run.log.map(({ activations }) => activations.map(({ jobs }) => jobs)),
      ],
      (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    ).includes(SECRET),
  );
  return seen.map((run) => `P5: the planted secret stands in the history of ${run.id}`);
}

async function locksLeft(world: World): Promise<string[]> {
  const found: string[] = [];
  for (const ledger of world.runsOf('ledger').filter((run) => run.open))
    for (const { holder } of await world.server.query<readonly LedgerGrant[]>(ledger, LEDGER_QUERY))
      found.push(`a lock is left: ${ledger.id} is held by ${holder}`);
  return found;
}

/** P3 and P6: volumes and objects nobody named stay as they are. */
async function strangersTouched(world: World): Promise<string[]> {
  const found: string[] = [];
  for (const { name, system } of world.san.arrays.values()) {
    const group = system.state.groups.find((each) => each.name === THEIR_GROUP);
    const states =
      group === undefined ? [] : system.state.mappingsOf(group.id).map(({ state }) => state);
    if (states.join() !== 'prepared')
      found.push(`P6: ${THEIR_GROUP} on ${name} is ${states.join() || 'gone'}, it was prepared`);
    const read = { vdisk: 'theirs', host: 'stranger', offset: 0, length: 4096 };
    const bytes = await system.volumeIo.read(read);
    if (bytes.some((byte) => byte !== 0))
      found.push(`P3: volume theirs on ${name} was overwritten`);
  }
  return found;
}

/** P4: a run that says nothing was done has left no group that its own start set going. */
function falseFailure(world: World): string[] {
  return world.runsOf('copy').flatMap((run) => {
    const report = reportOf(run);
    const token = world.tokens.get(run.runId);
    if (
      run.status !== 'FAILED' ||
      report?.takenAt !== undefined ||
      report?.error?.outcome !== 'not-done'
    )
      return [];
    return [...world.san.arrays.values()].flatMap(({ name, system, starts }) => {
      const started = starts.filter(
        ({ ours, group }) => ours && token !== undefined && group.endsWith(`_${token}`),
      );
      const groups = started.flatMap(
        ({ group }) => system.state.groups.find((each) => each.name === group) ?? [],
      );
      const going = groups.filter((group) =>
        system.state
          .mappingsOf(group.id)
          .some(({ state }) => state === 'copying' || state === 'idle_or_copied'),
      );
      return going.map(
        (group) =>
          `P4: ${run.id} says not done, but its group ${group.name} on ${name} was started`,
      );
    });
  });
}

const IN_THE_PAUSE = /^flashCopy(TakeDown|StartGroups|TakePointInTime|GiveBack)$/;

/** P1 the other way round: a good copy is not given up because array or target host were away for a while. */
function lostToAnOutage(world: World): string[] {
  const sources = world.san.sources.map(({ name }) => name);
  // Whoever is away within the pause lets the deadline of the holders pass.
  const pausing = (at: string, where: string): boolean =>
    (where === WORKERS || where === TEMPORAL) && IN_THE_PAUSE.test(at);
  const only = world.faults.faults.every(
    ({ at, effect, where }) => effect === AWAY && !sources.includes(where) && !pausing(at, where),
  );
  if (!only) return [];
  return world
    .runsOf('copy')
    .filter((run) => run.status === 'FAILED' && reportOf(run)?.takenAt !== undefined)
    .map((run) => `P1: ${run.id} gave its good copy up: ${reportOf(run)?.error?.message ?? ''}`);
}

/** A run that failed leaves no snapshot of its own, and no clone that no host has; what was good when its run was torn away stays. */
function snapshotsLeft(world: World): string[] {
  return world.runsOf('copy').flatMap((run) => {
    const token = world.tokens.get(run.runId);
    if (token === undefined || (run.status !== 'FAILED' && run.status !== 'CANCELLED')) return [];
    const undone = reportOf(run)?.compensation.every(({ ok }) => ok) === true;
    return [...world.san.arrays.values()].flatMap(({ name, system: { state } }) => [
      ...state.snapshots
        .filter((snapshot) => snapshot.name.endsWith(`_${token}`) && snapshot.deleting !== true)
        .map(
          (snapshot) =>
            `P4: snapshot ${snapshot.name} on ${name} is left of ${run.id}, which is ${run.status}`,
        ),
      ...state.volumeGroups
        .filter((group) => undone && group.name.endsWith(`_${token}`))
        .map(
          (group) =>
            `P4: clones ${group.name} on ${name} are left of ${run.id}, which undid everything`,
        ),
    ]);
  });
}

/** A run that undid everything before it prepared leaves no group that it made. */
function createdLeft(world: World): string[] {
  return world.runsOf('copy').flatMap((run) => {
    const report = reportOf(run);
    const token = world.tokens.get(run.runId);
    const undone = report?.compensation.every(({ ok }) => ok) === true;
    const prepared = report?.steps.some(
      ({ name, state }) => name === 'prepare' && state !== 'skipped',
    );
    if (token === undefined || !undone || prepared !== false || run.status === 'COMPLETED')
      return [];
    return [...world.san.arrays.values()].flatMap(({ name, system: { state } }) =>
      state.groups
        .filter((group) => report.planLines.includes(`${name}: create group ${group.name}`))
        .filter((group) => group.name.endsWith(`_${token}`))
        .map((group) => `P4: group ${group.name} on ${name} is left of ${run.id}, which made it`),
    );
  });
}

/** P1: what a run reports as good is good, byte for byte. */
async function falseSuccess(world: World): Promise<string[]> {
  const found: string[] = [];
  for (const run of world.runsOf('copy')) {
    const report = reportOf(run);
    const good = run.status === 'COMPLETED';
    if (good !== (report?.outcome === 'done'))
      found.push(`P1: ${run.id} is ${run.status}, its report says ${report?.outcome ?? 'nothing'}`);
    if (good && report !== undefined) found.push(...(await checkCopy(world, run, report)));
  }
  return found;
}

async function checkCopy(world: World, run: Run, report: Report): Promise<string[]> {
  const order = world.orderOf(run);
  const newest = [...world.runsOf('copy')].findLast((each) => each.id === run.id);
  const found: string[] = [];
  if (report.grade === undefined) found.push(`P1: ${run.id} is done without a grade`);
  // A later copy has the targets now.
  if (newest !== run || order === undefined || order.restore === true) return found;
  for (const source of world.san.sources.filter(({ name }) => order.hosts.includes(name))) {
    const pause = report.pauses.find(({ host }) => host === source.name);
    if (pause === undefined) {
      found.push(`P1: ${run.id} reports no pause of ${source.name}`);
      continue;
    }
    const written = source.writer.writtenAt(pause.quiescedAt);
    const why = await contradiction(world, order.set, { mountPoints: source.mountPoints, written });
    if (why !== '') found.push(`P1: the copy of ${source.name} by ${run.id}: ${why}`);
  }
  return found;
}
