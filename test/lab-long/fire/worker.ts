// A worker as a process of its own, to be killed. Run by ground.ts: TEMPORAL_ADDRESS and FIRE_INVENTORY say where it works.
import { startDemoWorker } from '../../../lab/demo/session.js';

const { TEMPORAL_ADDRESS: address = '', FIRE_INVENTORY: inventoryFile = '' } = process.env;
await startDemoWorker({}, { address, inventoryFile });
console.log('worker ready');
