// What a command works on: the request, the inventory, and the line that says when arrays and hosts are models.
import type { Inventory } from '../config/inventory.js';
import { parseRequest } from '../config/request.js';
import { FlashCopyError } from '../domain/errors.js';
import { inventoryOf, isModel } from '../worker/composition.js';
import { readDocument } from './files.js';
import { modelsOf } from './models-of.js';
import type { Output } from './output.js';

export type { Inventory };

/** Throws INVALID_INVENTORY. Says first when it is about models. */
export function loadInventory(file: string, output: Output): Inventory {
  const inventory = inventoryOf({ inventoryFile: file });
  if (isModel(inventory))
    output.note('arrays and hosts of this inventory are models: nothing real is touched');
  return inventory;
}

export interface Order {
  readonly request: unknown;
  readonly inventory: Inventory;
}

/** Request and inventory of `run` and `plan`, both checked. Throws INVALID_REQUEST, INVALID_INVENTORY. */
export async function readOrder(
  file: string,
  flags: { readonly inventory?: string; readonly models?: boolean },
  output: Output,
): Promise<Order> {
  const request = await readDocument(file);
  parseRequest(request);
  if (flags.models === true) {
    output.note(
      'arrays and hosts are models made from the request: nothing real is touched, every target counts as confirmed',
    );
    return modelsOf(request);
  }
  if (flags.inventory !== undefined)
    return { request, inventory: loadInventory(flags.inventory, output) };
  const message = 'give --inventory FILE, or --models to try the request on models';
  throw new FlashCopyError({ family: 'request', code: 'NO_INVENTORY', message });
}
