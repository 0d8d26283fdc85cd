// Finds the run that a person means by the name of a set or by a workflow id. Promise: a run that somebody still works for goes before one that is over,
// a newer one before an older one, and a name that means two things is refused.
import type { Client } from '@temporalio/client';
import { FlashCopyError } from '../domain/errors.js';
import { flashCopyWorkflowId } from '../workflows/messages.js';
import {
  closedCandidates,
  guarded,
  isUsualId,
  newestOf,
  openCandidates,
  scheduledCandidates,
  type Candidate,
} from './candidates.js';
import { noSuchRun } from './errors.js';
import { requestedSet, type Execution } from './requested-set.js';

/** Inputs are read so many at a time. */
const AT_A_TIME = 20;

/** Throws NO_SUCH_RUN, AMBIGUOUS_NAME. `id`: the name is a workflow id, whatever it looks like. */
export async function findRun(client: Client, name: string, id: boolean): Promise<Execution> {
  if (id || name.includes('/')) return byId(client, name);
  const [ofSet, exact] = await Promise.all([ofTheSet(client, name), newestOf(client, name)]);
  const other = exact?.candidate;
  if (ofSet === undefined) return other ?? missing(name);
  if (other === undefined || (await requestedSet(client, other)) === name) return ofSet;
  throw new FlashCopyError({
    ...{ family: 'request', code: 'AMBIGUOUS_NAME' },
    message: `${name} is a set, last copied by ${ofSet.workflowId}, and the workflow id of a run of another set: give ${ofSet.workflowId}, or --id ${name}`,
    details: { runs: [ofSet.workflowId, name] },
  });
}

async function byId(client: Client, name: string): Promise<Execution> {
  const copy = guarded(name);
  if (copy !== undefined) return copy;
  return (await newestOf(client, name))?.candidate ?? missing(name);
}

function missing(name: string): never {
  throw noSuchRun(name);
}

async function ofTheSet(client: Client, set: string): Promise<Candidate | undefined> {
  const usual = (await newestOf(client, flashCopyWorkflowId(set)))?.candidate;
  const own = usual === undefined || !(await isOf(client, usual, set)) ? [] : [usual];
  const open = await ofSet(client, set, [...own, ...(await openCandidates(client))]);
  const working = newest(open.filter((run) => run.open));
  if (working !== undefined) return working;
  const scheduled = await scheduledCandidates(client, set);
  const started = newest(scheduled.filter((run) => run.open));
  if (started !== undefined) return started;
  const closed = await ofSet(client, set, await closedCandidates(client, set));
  return newest([...own, ...scheduled, ...closed]);
}

/** Those of the set. Usual ids need no look; the input of the others is read, unless one that is open has a usual id: then no other can work for this set. */
async function ofSet(client: Client, set: string, runs: readonly Candidate[]) {
  const usual = runs.filter(({ workflowId }) => isUsualId(workflowId, set));
  if (usual.some(({ open }) => open)) return usual;
  const others = runs.filter(({ workflowId }) => !isUsualId(workflowId, set));
  const found: Candidate[] = [];
  for (let at = 0; at < others.length; at += AT_A_TIME) {
    const some = others.slice(at, at + AT_A_TIME);
    const sets = await Promise.all(some.map((run) => requestedSet(client, run)));
    found.push(...some.filter((_, index) => sets[index] === set));
  }
  return [...usual, ...found];
}

/** A usual id whose input says another set was given by hand, to a run of that set. */
async function isOf(client: Client, run: Candidate, set: string): Promise<boolean> {
  const said = await requestedSet(client, run);
  return said === undefined || said === set;
}

const newest = (runs: readonly Candidate[]): Candidate | undefined =>
  runs.toSorted((one, other) => other.startedAt - one.startedAt)[0];
