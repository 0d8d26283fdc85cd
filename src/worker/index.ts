// The door `temporal-flashcopy/worker`: one line for a worker of your own, or a worker ready made.
export { FlashCopyPlugin } from './flash-copy-plugin.js';
export {
  createFlashCopyWorkers,
  recommendedWorkerOptions,
  type FlashCopyWorkersOptions,
} from './create-workers.js';
export { compose, type Composition, type CompositionOptions, type Wrap } from './composition.js';
export { dataConverterOf } from './encryption.js';
export { checkBundle } from './bundle-check.js';
export { flashCopyBundle } from './workflow-bundle.js';
export { systemClock, systemRandomness } from '../clock/system-clock.js';
export { parseInventory, type Inventory, type InventoryInput } from '../config/inventory.js';
