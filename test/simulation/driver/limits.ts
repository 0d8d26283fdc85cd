// What a Temporal server refuses, or ends a run for. Measured on the dev server: conformance/limits.ts.
import { payloadOf } from './protocol.js';
import type { Run } from './run.js';
import type { Command, Failure } from './sdk-vm.js';

const MIB = 2 ** 20;

export const SERVER = {
  /** Of one search attribute, and of all that one command writes. */
  attributeBytes: 2_048,
  attributesBytes: 40 * 1_024,
  payloadBytes: 2 * MIB,
  /** Of the last failure of an activity that is tried again: what is longer loses its details. */
  lastFailureBytes: 4_096,
  /** The run is terminated. */
  historyEvents: 51_200,
  historyBytes: 50 * MIB,
  /** `continueAsNewSuggested`. */
  suggestEvents: 4_096,
  suggestBytes: 4 * MIB,
  updatesInFlight: 10,
  updatesInAll: 2_000,
  suggestUpdates: 1_800,
  pending: 2_000,
} as const;

/** Of everything in it that has a size on the wire: texts and payloads. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let size = 0;
  for (const inner of Object.values(value)) size += sizeOf(inner);
  return size;
}

/** Why the task can never end: it fails, and is tried again for ever. '' when nothing is wrong. */
export function impossible(run: Run, commands: readonly Command[]): string {
  for (const command of commands) {
    const bytes = sizeOf(command);
    if (bytes > SERVER.payloadBytes)
      return `[TMPRL1103] ${Object.keys(command).join()} of ${bytes} bytes`;
  }
  const asked = (kind: keyof Command): number =>
    commands.filter((command) => command[kind] != null).length;
  const pending = {
    activities: run.activities.size + asked('scheduleActivity'),
    children: run.openChildren + asked('startChildWorkflowExecution'),
    signals: asked('signalExternalWorkflowExecution'),
  };
  const [over] = Object.entries(pending).filter(([, count]) => count > SERVER.pending);
  return over === undefined ? '' : `the number of pending ${over[0]} is ${over[1]}`;
}

/** Why the server ends the run instead of carrying out its commands; '' when it carries them out. */
export function endedFor(run: Run, commands: readonly Command[]): string {
  for (const { upsertWorkflowSearchAttributes: upsert } of commands) {
    const fields = Object.entries(upsert?.searchAttributes?.indexedFields ?? {});
    const sizes = fields.map(([name, { data }]) => ({ name, size: data?.length ?? 0 }));
    const over = sizes.find(({ size }) => size > SERVER.attributeBytes);
    if (over !== undefined)
      return `BadSearchAttributes: search attribute ${over.name} value size ${over.size}`;
    const all = sizes.reduce((sum, { name, size }) => sum + name.length + size, 0);
    if (all > SERVER.attributesBytes) return `BadSearchAttributes: total size ${all}`;
  }
  if (run.historyLength > SERVER.historyEvents)
    return `Workflow history count exceeds limit: ${run.historyLength}`;
  if (run.historyBytes > SERVER.historyBytes)
    return `Workflow history size exceeds limit: ${run.historyBytes}`;
  return '';
}

export const suggestsNew = (run: Run): boolean =>
  run.historyLength > SERVER.suggestEvents ||
  run.historyBytes > SERVER.suggestBytes ||
  run.updatesInAll > SERVER.suggestUpdates;

/** What a worker answers in place of a result, or of a heartbeat, that is too long. */
export const payloadTooLarge = (value: unknown): Failure | undefined =>
  (payloadOf(value).data?.length ?? 0) <= SERVER.payloadBytes
    ? undefined
    : {
        message:
          '[TMPRL1103] Attempted to upload payloads with size that exceeded the error limit.',
        applicationFailureInfo: { type: 'PayloadsTooLarge', nonRetryable: false },
      };

/** A failure as the server takes it: one that is too long is replaced, and ends the activity. */
export const takenFailure = (failure: Failure): Failure =>
  sizeOf(failure) <= SERVER.payloadBytes
    ? failure
    : {
        message: 'Failure exceeds size limit.',
        cause: {
          message: (failure.message ?? '').slice(0, SERVER.lastFailureBytes),
          applicationFailureInfo: { type: failure.applicationFailureInfo?.type ?? '' },
        },
        serverFailureInfo: { nonRetryable: true },
      };
