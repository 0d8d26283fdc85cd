// How a history lies in a file: compact JSON, without what belongs to the machine it was recorded on; neither matters to a replay.
// The SDK's own historyToJSON fails where another package brings a second protobufjs: messages of one are no messages of the other.
import { createRequire } from 'node:module';
import type { History } from '@temporalio/common/lib/proto-utils.js';

interface Message {
  fromObject(plain: object): History;
  toObject(message: History, options: object): object;
}
const ofWorker = createRequire(createRequire(import.meta.url).resolve('@temporalio/worker'));
const { temporal } = ofWorker('@temporalio/proto') as {
  readonly temporal: {
    readonly api: { readonly history: { readonly v1: { readonly History: Message } } };
  };
};
const { History: Histories } = temporal.api.history.v1;

/** Who took a task, where code lay, and texts for people. */
const DROPPED: ReadonlySet<string> = new Set([
  ...[
    'identity',
    'stackTrace',
    'workerVersion',
    'binaryChecksum',
    'userMetadata',
    'requestId',
    'taskId',
  ],
]);

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  // A sticky queue is named after the process that had it.
  if (typeof value === 'string') return value.replace(/^\d+@.*/, 'sticky');
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !DROPPED.has(key) && inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, redacted(inner)]));
}

/** An event as it lies in a file: numbers of events as text, payloads in base64, enumerations by name. */
export type StoredEvent = { readonly eventType: string } & Readonly<
  Record<string, Record<string, unknown>>
>;
export interface StoredHistory {
  readonly events: readonly StoredEvent[];
}

export const toStored = (history: History): StoredHistory =>
  redacted(
    Histories.toObject(history, { longs: String, bytes: String, enums: String }),
  ) as StoredHistory;

/** For `Worker.runReplayHistory`. */
export const fromStored = (stored: StoredHistory): History => Histories.fromObject(stored);
