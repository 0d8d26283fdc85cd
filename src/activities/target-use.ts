// What is done with a copy on its target host: new identities, mounts, and the two nonces that prove where in time it was cut.
import { activityInfo } from '@temporalio/activity';
import { identitiesChanged } from '../domain/identities.js';
import type { PlannedFileSystem, PlannedTarget } from '../domain/plan.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { looking, whileBeating } from './heartbeat.js';
import { knownUids } from './target-uids.js';

type UseActivities = Pick<
  FlashCopyActivities,
  'flashCopySynthesise' | 'flashCopyMount' | 'flashCopyVerify'
>;

const mounted = (target: PlannedTarget): PlannedFileSystem[] =>
  target.fileSystems.filter(({ at }) => at !== '');

/** In the heartbeat: which file systems were checked. */
interface Checked {
  readonly checked: true;
}

/** Nothing but a restore has identities to compare. */
async function changed({ hosts }: ActivityDependencies, target: PlannedTarget): Promise<string[]> {
  if (target.synthesis !== 'former') return [];
  const found = await hosts(target.host).inspect({
    uids: target.presentations.map(({ uid }) => uid),
    mountPoints: mounted(target).map(({ at }) => at),
    ...{ units: [], role: 'target' },
  });
  return identitiesChanged(target, found);
}

async function verify(deps: ActivityDependencies, run: string, target: PlannedTarget) {
  const host = deps.hosts(target.host).target;
  // What is mounted again without a source that was marked (a restore of a copy nobody saw) has no marks to look for.
  const fileSystems = mounted(target).filter(({ from }) => from !== '');
  if (fileSystems.length === 0) return { contradictions: [], checked: 0 };
  // Mounting again changes nothing and answers device and UUID as they are now.
  const mounts = new Map(
    (await host.mount(fileSystems, looking())).map((mount) => [mount.at, mount]),
  );
  const nonces = new Map(
    (await host.verify({ run, fileSystems })).map((nonce) => [nonce.at, nonce]),
  );
  const contradictions = fileSystems.flatMap(({ at, sourceUuid }) => {
    const [nonce, mount] = [nonces.get(at), mounts.get(at)];
    const where = `${target.host}:${at}`;
    return [
      mount === undefined || nonce === undefined ? `${where} could not be read` : '',
      nonce?.before === false ? `${where} lacks what was written before the quiesce` : '',
      nonce?.after === true ? `${where} holds what was written after the give back` : '',
      target.synthesis === 'auto' && mount?.uuid === sourceUuid
        ? `${where} still has its source's UUID`
        : '',
    ].filter((text) => text !== '');
  });
  return { contradictions, checked: fileSystems.length };
}

export const targetUseActivities = (deps: ActivityDependencies): UseActivities => ({
  flashCopySynthesise: ({ run, target }) =>
    whileBeating(deps.clock, async () => {
      const { volumeGroups, fileSystems, synthesis } = await knownUids(deps.arrays, target);
      const records = await deps
        .hosts(target.host)
        .target.synthesise({ run, volumeGroups, fileSystems, synthesis }, looking());
      return {
        notes: records.map(({ layer, device, was, now }) => `${layer} ${device}: ${was} -> ${now}`),
      };
    }),

  flashCopyMount: ({ target, check }) =>
    whileBeating(deps.clock, async (beat) => {
      const host = deps.hosts(target.host).target;
      const fileSystems = mounted(await knownUids(deps.arrays, target));
      // A repeat may find some of them mounted: they were checked before that.
      if (
        check === true &&
        (activityInfo().heartbeatDetails as Partial<Checked> | undefined)?.checked !== true
      )
        await host.check(fileSystems, looking());
      beat.report({ checked: true } satisfies Checked);
      const mounts = await host.mount(fileSystems, looking());
      const from = new Map(fileSystems.map((fileSystem) => [fileSystem.at, fileSystem.from]));
      return mounts.map((mount) => ({
        ...mount,
        host: target.host,
        from: from.get(mount.at) ?? '',
      }));
    }),

  flashCopyVerify: ({ run, target }) =>
    whileBeating(deps.clock, async () => {
      const known = await knownUids(deps.arrays, target);
      const marks = await verify(deps, run, known);
      return { ...marks, changed: await changed(deps, known) };
    }),
});
