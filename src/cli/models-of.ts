// `--models`: a world of models in which a request can be tried, made from the request itself: its volumes, its hosts, its mount points.
import type { Inventory } from '../config/inventory.js';
import { parseRequest } from '../config/request.js';
import type { FlashCopyRequest } from '../domain/request.js';
import { createModels, type ModelArrayEntry } from '../worker/models.js';
import { hostsOf } from './model-hosts.js';
import { systemClock, systemRandomness } from '../clock/system-clock.js';

const SIZE = '64MiB';

export interface ModelledRun {
  readonly inventory: Inventory;
  /** The same request, confirming the UIDs that the model volumes have. */
  readonly request: unknown;
}

export async function modelsOf(request: unknown): Promise<ModelledRun> {
  const parsed = parseRequest(request);
  const inventory = { arrays: arraysOf(parsed), hosts: hostsOf(parsed) } as unknown as Inventory;
  const models = await createModels(inventory, {
    clock: systemClock,
    randomness: systemRandomness,
  });
  const uids = new Map<string, string>();
  for (const { array, volumes } of parsed.groups) {
    const vdisks = await models
      .arrays(array)
      .readVDisks(volumes.map(({ target }) => target).filter((name) => name !== ''));
    for (const { name, uid } of vdisks) uids.set(`${array}/${name}`, uid);
  }
  await models.close();
  return { inventory, request: confirmed(request, uids) };
}

function arraysOf(request: FlashCopyRequest): Record<string, ModelArrayEntry> {
  return Object.fromEntries(
    request.groups.map(({ array, volumes }) => {
      const snapshot = request.copy.kind === 'snapshot' ? request.copy.snapshot : undefined;
      const names = volumes
        .flatMap(({ source, target, create }) =>
          create === undefined && snapshot === undefined ? [source, target] : [source],
        )
        .filter((name) => name !== '');
      const group = snapshot === undefined ? {} : { volumeGroup: snapshot.volumeGroup };
      return [
        array,
        { kind: 'model', volumes: names.map((name) => ({ name, size: SIZE, ...group })) },
      ];
    }),
  );
}

type Volumes = { readonly target?: string; readonly create?: unknown }[];
type Written = {
  array?: string;
  volumes?: Volumes;
  groups?: { array: string; volumes: Volumes }[];
};

function confirmed(request: unknown, uids: ReadonlyMap<string, string>): unknown {
  const written = request as Written;
  const confirm = (array: string, volumes: Volumes): unknown =>
    volumes.map((pair) =>
      pair.create === undefined && uids.has(`${array}/${pair.target}`)
        ? { ...pair, overwrite: uids.get(`${array}/${pair.target}`) }
        : pair,
    );
  if (written.groups === undefined)
    return { ...written, volumes: confirm(written.array ?? '', written.volumes ?? []) };
  return {
    ...written,
    groups: written.groups.map((g) => ({ ...g, volumes: confirm(g.array, g.volumes) })),
  };
}
