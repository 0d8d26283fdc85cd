// The composition root: inventory -> transports -> adapters -> activities. What activities need from outside is put together here and nowhere else.
import path from 'node:path';
import {
  createActivities,
  temporalLedger,
  temporalRuns,
  type ActivityDependencies,
} from '../activities/index.js';
import type { FlashCopyActivities } from '../activities/contract.js';
import type { StorageArray } from '../array/array.js';
import { parseInventory, type Inventory } from '../config/inventory.js';
import { parseRequest } from '../config/request.js';
import { FlashCopyError } from '../domain/errors.js';
import type { Host } from '../host/host.js';
import { readDocumentFile } from './document.js';
import { createModels } from './models.js';
import { createNotifier } from './notifier.js';
import { createReal } from './real.js';
import { Secrets } from './secrets.js';
import type { World } from './world.js';
import { systemClock, systemRandomness } from '../clock/system-clock.js';

/**
 * Puts something around each array and host as it is composed, once for each name: decorations of your own, and lies that tests plant
 * (`temporal-flashcopy/testing`). What it answers is used in place of the port, for everything; the port's promises are then yours to keep.
 */
export interface Wrap {
  array?(name: string, array: StorageArray): StorageArray;
  host?(name: string, host: Host): Host;
}

export type CompositionOptions = {
  /** Default: nothing is wrapped. */
  readonly wrap?: Wrap;
} & (
  | { readonly inventory: Inventory; readonly inventoryFile?: never }
  /** YAML or JSON; files it names are relative to its own directory. */
  | { readonly inventoryFile: string; readonly inventory?: never }
);

export interface Composition {
  readonly dependencies: ActivityDependencies;
  readonly activities: FlashCopyActivities;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Reads and parses at once. Throws INVALID_INVENTORY. */
export function inventoryOf(options: CompositionOptions): Inventory {
  const inventory = options.inventory ?? readInventory(options.inventoryFile);
  const kinds = new Set(
    [...Object.values(inventory.arrays), ...Object.values(inventory.hosts)].map((e) => e.kind),
  );
  if (!kinds.has('model') || kinds.size === 1) return inventory;
  throw invalid(
    'kind = "model": models and real machines share no disks; make all of them models, or none',
  );
}

export const isModel = (inventory: Inventory): boolean =>
  Object.values(inventory.arrays).some((array) => array.kind === 'model');

/** Nothing is connected yet: that happens at the first use. Models are made at once. */
export async function compose(inventory: Inventory, wrap: Wrap = {}): Promise<Composition> {
  const ports = { clock: systemClock, randomness: systemRandomness };
  const made: World = isModel(inventory)
    ? await createModels(inventory, ports)
    : createReal(inventory, ports);
  const world = wrapped(made, wrap);
  const notifySecrets = new Secrets();
  const dependencies: ActivityDependencies = {
    ...world,
    ...ports,
    parseRequest,
    ledger: temporalLedger(systemClock),
    runs: temporalRuns(systemClock),
    notifier: createNotifier(inventory, notifySecrets),
    secrets: () => [...(world.secrets?.() ?? []), ...notifySecrets.list()],
  };
  return { dependencies, activities: createActivities(dependencies), close: () => world.close() };
}

function wrapped(world: World, wrap: Wrap): World {
  return {
    ...world,
    arrays: once((name) => wrap.array?.(name, world.arrays(name)) ?? world.arrays(name)),
    hosts: once((name) => wrap.host?.(name, world.hosts(name)) ?? world.hosts(name)),
  };
}

/** A wrapper may remember things: it is the same one at each use. */
function once<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const one = made.get(name) ?? make(name);
    made.set(name, one);
    return one;
  };
}

function readInventory(file: string): Inventory {
  let value: unknown;
  try {
    value = readDocumentFile(file);
  } catch (cause) {
    throw invalid(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  return parseInventory(value, { baseDir: path.dirname(path.resolve(file)) });
}

const invalid = (message: string): FlashCopyError =>
  new FlashCopyError({
    family: 'request',
    code: 'INVALID_INVENTORY',
    message: `INVALID_INVENTORY; ${message}`,
  });
