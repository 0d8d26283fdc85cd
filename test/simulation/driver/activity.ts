// One activity and one attempt at it, as server and worker know them.
import type { Client } from '@temporalio/client';
import type { MockActivityEnvironment } from '@temporalio/testing';
import type { Cancel } from './event-queue.js';
import type { Run } from './run.js';
import type { Failure } from './sdk-vm.js';

export interface RetryPolicy {
  readonly initialMs: number;
  readonly coefficient: number;
  readonly maximumMs: number;
  /** 0: no limit. */
  readonly attempts: number;
  readonly never: readonly string[];
}

export interface Limits {
  readonly startToCloseMs: number | undefined;
  readonly scheduleToCloseMs: number | undefined;
  readonly scheduleToStartMs: number | undefined;
  readonly heartbeatMs: number | undefined;
}

export interface Activity {
  readonly run: Run;
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly taskQueue: string;
  readonly args: readonly unknown[];
  readonly limits: Limits;
  readonly retry: RetryPolicy;
  readonly cancellationType: number;
  readonly scheduledEvent: number;
  readonly scheduledAt: number;
  attempt: number;
  state: 'scheduled' | 'started' | 'backoff' | 'closed';
  cancelRequested: boolean;
  /** The workflow has had its answer: what still comes is history only. */
  answered: boolean;
  heartbeat: unknown;
  /** Of the attempt before: what people see while the next one waits. */
  lastFailure: Failure | undefined;
  current: Attempt | undefined;
  readonly timers: Set<Cancel>;
  overallTimer: Cancel | undefined;
}

/** A process that runs activities. A dead one answers nothing any more. */
export interface Worker {
  readonly dead: boolean;
  readonly client: Client;
  body(type: string): ((...args: unknown[]) => Promise<unknown>) | undefined;
}

export interface Attempt {
  readonly activity: Activity;
  readonly number: number;
  readonly worker: Worker;
  readonly environment: MockActivityEnvironment;
  /** The server waits for it no longer. */
  over: boolean;
  /** The body has returned. */
  ended: boolean;
  /** Heartbeats reach nobody. */
  muted: boolean;
  /** Its answer reaches nobody. */
  unheard: boolean;
  readonly onOver: (() => void)[];
  details: unknown;
  flushedAt: number;
  flush: Cancel | undefined;
}
