// A worker with your workflow, your activities, and the library by one plugin line.
// Run: npx tsx examples/own-workflow/worker.ts inventory.yaml
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { FlashCopyPlugin } from '../../src/worker/index.js';
import * as activities from './activities.js';

const connection = await NativeConnection.connect({
  address: process.env['TEMPORAL_ADDRESS'] ?? 'localhost:7233',
});
const worker = await Worker.create({
  connection,
  taskQueue: 'flashcopy',
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  activities,
  plugins: [new FlashCopyPlugin({ inventoryFile: process.argv[2] ?? 'inventory.yaml' })],
});
await worker.run();
