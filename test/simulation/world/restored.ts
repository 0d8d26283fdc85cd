// What must hold of production that was to be restored, asked of its volumes and mounts: whole or untouched, and mounted, unless its run says why not.
import type { Report } from '../../../src/domain/report.js';
import { REPORT_QUERY } from '../../../src/workflows/messages.js';
import { readRecords } from '../../../src/testing/index.js';
import type { Run } from '../driver/run.js';
import type { SanHost } from './san.js';
import { reportOf, type World } from './world.js';

/** By how its run ended; empty when every promise was kept. */
export async function restoresLeft(world: World): Promise<string[]> {
  const runs = world.runsOf('copy').filter((run) => world.orderOf(run)?.restore === true);
  const last = runs.at(-1);
  if (last === undefined) return [];
  const hosts = world.san.sources.filter(({ name }) => world.orderOf(last)?.hosts.includes(name));
  const restored = [...world.san.arrays.values()].some(({ restores }) => restores.length > 0);
  // The failure of a run that was cancelled carries none.
  const asked =
    last.status === 'CANCELLED' ? await world.server.query<Report>(last, REPORT_QUERY) : undefined;
  const report = asked ?? reportOf(last);
  const found: string[] = [];
  const contents: string[] = [];
  for (const host of hosts) {
    const mounted = host.mountPoints.filter((at) => host.host.kernel.mountAt(at) !== undefined);
    if (mounted.length < host.mountPoints.length) {
      if (mustBeMounted(last, report, restored))
        found.push(
          `P2: production of ${host.name} is not mounted, and ${last.id}, ${last.status}, does not say why`,
        );
      continue;
    }
    // On a volume nobody has mounted a stranger may write before it is let go.
    if (strangerWrote(world)) continue;
    const content = await contentOf(world, host);
    contents.push(content);
    const known = host.identities();
    if (known !== host.knownBy)
      found.push(`P3: ${host.name} was ${host.knownBy}, and is ${known} after ${last.id}`);
    if (last.status === 'COMPLETED' && content !== 'old')
      found.push(`P1: ${last.id} is done, ${host.name} holds: ${content}`);
    if (!restored && content !== 'new')
      found.push(`P3: nothing was restored, ${host.name} holds: ${content}`);
  }
  if (new Set(contents).size > 1)
    found.push(`P1: production is mounted and not of one time: ${contents.join(', ')}`);
  return found;
}

/** A run that was torn away leaves production to its operator; one that ended by itself says it of each host it did not mount again. */
function mustBeMounted(run: Run, report: Report | undefined, restored: boolean): boolean {
  const { compensation = [], error, steps = [] } = report ?? {};
  // Let go by a life of this run before: no plan can know what was mounted then.
  const foundReleased = [...compensation, ...steps].some(({ note }) =>
    /^nothing (stood there|of it)/.test(note ?? ''),
  );
  if (run.status === 'COMPLETED') return !foundReleased;
  const undone = compensation.every(({ ok }) => ok);
  if (!['FAILED', 'CANCELLED'].includes(run.status) || !undone || foundReleased) return false;
  const said = compensation.some(({ note }) => note?.startsWith('left released') === true);
  // Left released is for those that may hold neither: where the array did nothing and said so, there is no excuse.
  return !said || (!restored && error?.outcome === 'not-done');
}

/** `old`: what the snapshot holds. `new`: what was written last. Anything else is told as read. */
async function contentOf(
  world: World,
  { name, host, mountPoints, writer }: SanHost,
): Promise<string> {
  const lasts: number[] = [];
  for (const at of mountPoints) {
    const mount = host.kernel.mountAt(at);
    if (mount === undefined) return `${at} is not mounted`;
    mount.fileSystem.device.dropCache();
    lasts.push(await readRecords(mount.fileSystem).catch(() => -1));
  }
  const all = (records: number | undefined): boolean => lasts.every((last) => last === records);
  if (all(world.san.oldRecords.get(name))) return 'old';
  return all(writer.writtenAt(world.queue.now())) ? 'new' : `records ${lasts.join(', ')}`;
}

const strangerWrote = (world: World): boolean =>
  world.acts.some((act) => act.includes('foreign-mount'));
