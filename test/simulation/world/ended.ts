// Runs that have ended, and are reset all the same: a person repeats a run from a task of its history. What was good stays good, or is made anew under locks.
import type { Report } from '../../../src/domain/report.js';
import type { Run } from '../driver/run.js';
import { ENDED, faultLine } from './faults.js';
import { contradiction } from './copy-bytes.js';
import { reportOf, type World } from './world.js';

/** Somebody looks at it, and decides. */
const RESET_AFTER_MS = 5_000;

/** A fault may stand at the end of a copy: `ms` / 2 tasks before its last one the run begins again. */
export function endedRun(world: World, run: Run): void {
  const fault = world.faults.take(ENDED, run.status);
  if (fault === undefined) return;
  world.acts.push(`${world.queue.now()}: ${faultLine(fault)}`);
  world.queue.after(RESET_AFTER_MS, () => {
    if (world.server.newest(run.id) !== run || run.log.length === 0) return;
    world.server.reset(run, Math.max(0, run.log.length - 1 - (fault.ms >> 1)));
  });
}

/** P3: whoever has no lock any more leaves the copy alone that was good when its run ended. */
export async function goodCopiesLost(world: World): Promise<string[]> {
  const found: string[] = [];
  for (const run of world.runsOf('copy')) {
    const [report, order] = [reportOf(run), world.orderOf(run)];
    const later = run.resetTo;
    if (run.status !== 'COMPLETED' || later === undefined || order === undefined) continue;
    if (report === undefined || order.restore === true || order.snapshot !== undefined) continue;
    if (world.server.newest(run.id)?.status === 'COMPLETED') continue;
    if (world.order.grantedSince(run.firstRunId, run.closedAt ?? 0)) continue;
    for (const why of await contradictions(world, run, report))
      found.push(`P3: ${run.id} was good and is not: its reset run had no lock; ${why}`);
  }
  return found;
}

async function contradictions(world: World, run: Run, report: Report): Promise<string[]> {
  const { set, hosts } = world.orderOf(run)!;
  const found: string[] = [];
  for (const source of world.san.sources.filter(({ name }) => hosts.includes(name))) {
    const pause = report.pauses.find(({ host }) => host === source.name);
    const written = source.writer.writtenAt(pause?.quiescedAt ?? 0);
    const why = await contradiction(world, set, { mountPoints: source.mountPoints, written });
    if (why !== '') found.push(`${source.name}: ${why}`);
  }
  return found;
}
