// Activities: attempts, retries, time-outs, heartbeats, cancels. The product's own functions run here, on ports in virtual time.
// An attempt the server has given up is refused its answer while its effects stand: the late work of a zombie.
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Activity, Attempt, Worker } from './activity.js';
import type { Cancel } from './event-queue.js';
import { payloadTooLarge, SERVER, sizeOf, takenFailure } from './limits.js';
import {
  activityFailure,
  CANCELLATION,
  cancelledFailure,
  failureOf,
  msOf,
  payloadOf,
  RETRY_STATE,
  TIMEOUT,
  timeoutFailure,
} from './protocol.js';
import type { ServerQueue } from './outages.js';
import type { Stream } from './random.js';
import type { Run } from './run.js';
import type { Failure, Job } from './sdk-vm.js';

export interface AttemptOptions {
  readonly queue: ServerQueue;
  readonly latency: Stream;
  readonly worker: () => Worker;
  readonly deliver: (run: Run, job: Job, event: string) => void;
  readonly throttleMs?: number;
  /** How long no worker takes an activity that was scheduled, ms. */
  readonly waits: (activity: Activity) => number;
  /** Told of a last failure that is too long: who looks at it sees neither details nor all of the message. */
  readonly cut: (what: string) => void;
  /** Faults stand here: around every body. */
  readonly around: (attempt: Attempt, body: () => Promise<unknown>) => Promise<unknown>;
}

const logger = new DefaultLogger('ERROR', () => undefined);
const URGENT_THROTTLE_MS = 1_000;
const THROTTLE_MS = 5_000;

export class Activities {
  /** Bodies that have not returned yet, those of zombies included. */
  readonly live = new Set<Attempt>();

  constructor(private readonly options: AttemptOptions) {}

  schedule(activity: Activity): void {
    const { scheduleToCloseMs, scheduleToStartMs } = activity.limits;
    if (scheduleToCloseMs !== undefined)
      activity.overallTimer = this.options.queue.after(scheduleToCloseMs, () => {
        this.#timeOut(activity, TIMEOUT.scheduleToClose);
      });
    if (scheduleToStartMs !== undefined)
      this.#timer(activity, scheduleToStartMs, () =>
        this.#timeOut(activity, TIMEOUT.scheduleToStart),
      );
    this.#dispatch(activity, this.options.waits(activity));
  }

  /** At once when nothing runs, else with the next heartbeat. An abandoned one never hears of it. */
  requestCancel(activity: Activity): void {
    if (activity.state === 'closed') return;
    activity.answered = activity.cancellationType !== CANCELLATION.wait;
    if (activity.cancellationType === CANCELLATION.abandon) return;
    activity.cancelRequested = true;
    activity.run.events.push(`ActivityTaskCancelRequested ${activity.type}`);
    if (activity.state !== 'started') this.#cancelled(activity);
  }

  /** The server forgets it: its run is closed, or was reset. */
  forget(activity: Activity): void {
    this.#over(activity);
    activity.state = 'closed';
  }

  /** A worker died: its answers and heartbeats never come. */
  drop(worker: Worker): void {
    for (const attempt of this.live) if (attempt.worker === worker) this.live.delete(attempt);
  }

  #dispatch(activity: Activity, afterMs: number): void {
    const wait = afterMs + this.options.latency.between(1, 5);
    this.#timer(activity, wait, () => this.#start(activity));
  }

  #start(activity: Activity): void {
    const { queue, worker } = this.options;
    // Nobody asks for it: its schedule-to-start goes on.
    if (queue.noWorkerFor > 0)
      return void this.#timer(activity, queue.noWorkerFor, () => this.#start(activity));
    clear(activity);
    activity.state = 'started';
    const attempt: Attempt = {
      ...{
        activity,
        number: activity.attempt,
        worker: worker(),
        environment: this.#environment(activity),
      },
      ...{
        over: false,
        ended: false,
        muted: false,
        unheard: false,
        onOver: [],
        details: activity.heartbeat,
      },
      ...{ flushedAt: -Infinity, flush: undefined },
    };
    activity.current = attempt;
    activity.run.otherEvents += 1;
    this.live.add(attempt);
    const { startToCloseMs } = activity.limits;
    if (startToCloseMs !== undefined)
      this.#timer(activity, startToCloseMs, () => this.#timeOut(activity, TIMEOUT.startToClose));
    const beatTimer = { cancel: undefined as Cancel | undefined };
    this.#expectBeat(activity, beatTimer);
    attempt.environment.on('heartbeat', (details) => this.#beat(attempt, details, beatTimer));
    const body = (): Promise<unknown> => {
      const call = attempt.worker.body(activity.type);
      if (call === undefined) throw new Error(`no activity ${activity.type}`);
      return attempt.environment.run(call, ...activity.args);
    };
    void this.options
      .around(attempt, body)
      .then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      )
      .then((answer) => {
        attempt.ended = true;
        this.live.delete(attempt);
        if (!attempt.unheard && !attempt.worker.dead && !queue.deaf)
          queue.after(this.options.latency.between(1, 4), () => this.#answered(attempt, answer));
      });
  }

  #environment(activity: Activity): MockActivityEnvironment {
    const { run, limits, heartbeat } = activity;
    return new MockActivityEnvironment(
      {
        ...{
          attempt: activity.attempt,
          activityId: activity.id,
          activityType: activity.type,
          isLocal: false,
        },
        ...{
          taskQueue: activity.taskQueue,
          workflowType: run.spec.type,
          heartbeatDetails: heartbeat,
        },
        currentAttemptScheduledTimestampMs: activity.scheduledAt,
        workflowExecution: { workflowId: run.id, runId: run.runId },
        ...(limits.heartbeatMs === undefined ? {} : { heartbeatTimeoutMs: limits.heartbeatMs }),
        ...(limits.startToCloseMs === undefined
          ? {}
          : { startToCloseTimeoutMs: limits.startToCloseMs }),
      },
      { client: this.options.worker().client, logger },
    );
  }

  #answered(attempt: Attempt, answer: { value?: unknown } | { error: unknown }): void {
    const { activity } = attempt;
    if (attempt.over || attempt.worker.dead) return;
    if (attempt.details !== undefined) activity.heartbeat = attempt.details;
    const tooLarge =
      payloadTooLarge(attempt.details) ?? payloadTooLarge('value' in answer ? answer.value : '');
    if (tooLarge !== undefined) return this.#failed(activity, tooLarge);
    if (!('error' in answer)) {
      this.#close(
        activity,
        { completed: { result: payloadOf(answer.value) } },
        'ActivityTaskCompleted',
      );
      return;
    }
    if (answer.error instanceof CancelledFailure && activity.cancelRequested) {
      this.#cancelled(activity);
      return;
    }
    this.#failed(activity, takenFailure(failureOf(answer.error)));
  }

  #cancelled(activity: Activity): void {
    const failure = activityFailure(activity, RETRY_STATE.cancelRequested, cancelledFailure());
    this.#close(activity, { cancelled: { failure } }, 'ActivityTaskCanceled');
  }

  #failed(activity: Activity, failure: Failure): void {
    const info = failure.applicationFailureInfo;
    const { retry } = activity;
    const never =
      info?.nonRetryable === true ||
      failure.serverFailureInfo?.nonRetryable === true ||
      retry.never.includes(info?.type ?? '');
    const state = never ? RETRY_STATE.nonRetryable : this.#retryState(activity);
    const asked = msOf(info?.nextRetryDelay);
    if (state === RETRY_STATE.none && this.#retries(activity, asked)) {
      activity.lastFailure = failure;
      if (sizeOf(failure) > SERVER.lastFailureBytes)
        this.options.cut(`${activity.type} of ${activity.run.id}: ${sizeOf(failure)} bytes`);
      return;
    }
    const closing = state === RETRY_STATE.none ? RETRY_STATE.timeout : state;
    this.#close(
      activity,
      { failed: { failure: activityFailure(activity, closing, failure) } },
      'ActivityTaskFailed',
    );
  }

  #timeOut(activity: Activity, kind: number): void {
    const state = this.#retryState(activity);
    const repeatable = kind === TIMEOUT.startToClose || kind === TIMEOUT.heartbeat;
    if (repeatable && state === RETRY_STATE.none && this.#retries(activity, undefined)) return;
    const cause = timeoutFailure(
      kind,
      'activity timeout',
      kind === TIMEOUT.heartbeat ? activity.heartbeat : undefined,
    );
    const failure = activityFailure(
      activity,
      repeatable && state !== RETRY_STATE.none ? state : RETRY_STATE.timeout,
      cause,
    );
    this.#close(activity, { failed: { failure } }, 'ActivityTaskTimedOut');
  }

  /** `none` when another attempt is allowed. */
  #retryState(activity: Activity): number {
    if (activity.cancelRequested) return RETRY_STATE.cancelRequested;
    const { attempts } = activity.retry;
    return attempts > 0 && activity.attempt >= attempts ? RETRY_STATE.attempts : RETRY_STATE.none;
  }

  /** False when the next attempt would come after schedule-to-close. */
  #retries(activity: Activity, askedMs: number | undefined): boolean {
    const { initialMs, coefficient, maximumMs } = activity.retry;
    const backoff =
      askedMs ?? Math.min(maximumMs, initialMs * coefficient ** (activity.attempt - 1));
    const { scheduleToCloseMs } = activity.limits;
    const now = this.options.queue.now();
    if (scheduleToCloseMs !== undefined && now + backoff > activity.scheduledAt + scheduleToCloseMs)
      return false;
    this.#over(activity);
    activity.attempt += 1;
    activity.state = 'backoff';
    this.#dispatch(activity, backoff);
    return true;
  }

  #close(activity: Activity, result: object, event: string): void {
    if (activity.state === 'closed') return;
    this.#over(activity);
    activity.overallTimer?.();
    activity.state = 'closed';
    activity.run.activities.delete(activity.seq);
    if (activity.answered) return void activity.run.events.push(`${event} ${activity.type}`);
    const job = { resolveActivity: { seq: activity.seq, isLocal: false, result } };
    this.options.deliver(activity.run, job, `${event} ${activity.type}`);
  }

  #over(activity: Activity): void {
    clear(activity);
    const { current } = activity;
    activity.current = undefined;
    if (current === undefined || current.over) return;
    current.over = true;
    current.onOver.splice(0).forEach((tell) => tell());
  }

  #beat(attempt: Attempt, details: unknown, beatTimer: { cancel: Cancel | undefined }): void {
    if (attempt.muted || attempt.worker.dead || attempt.ended) return;
    attempt.details = details ?? attempt.details;
    if (attempt.flush !== undefined) return;
    const { queue } = this.options;
    const { heartbeatMs } = attempt.activity.limits;
    const urgent = attempt.activity.taskQueue.endsWith('-urgent');
    const most = this.options.throttleMs ?? (urgent ? URGENT_THROTTLE_MS : THROTTLE_MS);
    const throttle = Math.min(most, heartbeatMs === undefined ? Infinity : heartbeatMs * 0.8);
    const wait =
      Math.max(0, attempt.flushedAt + throttle - queue.now()) + this.options.latency.between(1, 4);
    attempt.flush = queue.after(wait, () => this.#flush(attempt, beatTimer));
  }

  #flush(attempt: Attempt, beatTimer: { cancel: Cancel | undefined }): void {
    const { activity } = attempt;
    attempt.flush = undefined;
    attempt.flushedAt = this.options.queue.now();
    if (attempt.muted || attempt.worker.dead || attempt.ended) return;
    if (attempt.over) return attempt.environment.cancel('NOT_FOUND');
    activity.heartbeat = attempt.details;
    this.#expectBeat(activity, beatTimer);
    if (activity.cancelRequested) attempt.environment.cancel('CANCELLED');
  }

  #expectBeat(activity: Activity, beatTimer: { cancel: Cancel | undefined }): void {
    const { heartbeatMs } = activity.limits;
    if (heartbeatMs === undefined) return;
    beatTimer.cancel?.();
    beatTimer.cancel = this.#timer(activity, heartbeatMs, () =>
      this.#timeOut(activity, TIMEOUT.heartbeat),
    );
  }

  #timer(activity: Activity, ms: number, fire: () => void): Cancel {
    const cancel = this.options.queue.after(ms, fire);
    activity.timers.add(cancel);
    return () => {
      cancel();
      activity.timers.delete(cancel);
    };
  }
}

function clear(activity: Activity): void {
  for (const cancel of activity.timers) cancel();
  activity.timers.clear();
}
