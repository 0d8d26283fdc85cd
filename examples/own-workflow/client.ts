// Starts the workflow of your own and prints its report; a failure carries ErrorData and the report as details.
// Run: npx tsx examples/own-workflow/client.ts request.json
import { readFile } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import type { copyBetweenBatches } from './workflows.js';

const connection = await Connection.connect({
  address: process.env['TEMPORAL_ADDRESS'] ?? 'localhost:7233',
});
const client = new Client({ connection });
const request: unknown = JSON.parse(await readFile(process.argv[2] ?? 'request.json', 'utf8'));

const report = await client.workflow.execute<typeof copyBetweenBatches>('copyBetweenBatches', {
  workflowId: 'copy-between-batches',
  taskQueue: 'flashcopy',
  args: [{ request, queue: 'nightly' }],
});
console.log(report.grade, report.verified, report.pauses);
