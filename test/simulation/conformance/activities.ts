// The activities of the conformance scripts: succeed, fail, hang, heartbeat, obey a cancel or not. Time comes from whoever runs them.
import { ApplicationFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';

export interface Deed {
  /** `ok` after `ms`; `hang` for ever; `beat` until cancelled; `deaf` beats and ignores it. */
  readonly what: 'ok' | 'fail' | 'hang' | 'beat' | 'deaf';
  readonly ms?: number;
  /** Fails, or hangs, in the first so many attempts only. */
  readonly times?: number;
  readonly type?: string;
  readonly never?: boolean;
  readonly nextRetryMs?: number;
  /** Details of one heartbeat before anything else; what an earlier attempt said is answered. */
  readonly details?: string;
  /** The answer, or the details of the failure, are so long. */
  readonly bytes?: number;
}

export interface ConformanceActivities {
  deed(deed: Deed): Promise<string>;
}

type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;
const BEAT_MS = 100;

export const createConformanceActivities = (sleep: Sleep): ConformanceActivities => ({
  async deed({
    what,
    ms = 0,
    times = Infinity,
    type = 'Planned',
    never = false,
    nextRetryMs,
    details,
    bytes = 0,
  }) {
    const { info, cancellationSignal } = Context.current();
    const { attempt } = info;
    const earlier: unknown = info.heartbeatDetails;
    const said = typeof earlier === 'string' ? `, earlier: ${earlier}` : '';
    const done = (): string =>
      bytes > 0 ? 'x'.repeat(bytes) : `done in attempt ${attempt}${said}`;
    if (details !== undefined) Context.current().heartbeat(`${details} of ${attempt}`);
    if (attempt > times) return done();
    if (what === 'fail') {
      if (ms > 0) await sleep(ms);
      throw ApplicationFailure.create({
        ...{ type, message: 'planned', nonRetryable: never },
        ...(bytes > 0 ? { details: ['x'.repeat(bytes)] } : {}),
        ...(nextRetryMs === undefined ? {} : { nextRetryDelay: nextRetryMs }),
      });
    }
    if (what === 'hang') return sleep(30_000, cancellationSignal).then(done);
    if (what === 'ok') {
      if (ms > 0) await sleep(ms);
      return done();
    }
    for (let passed = 0; passed < ms; passed += BEAT_MS) {
      Context.current().heartbeat();
      await sleep(BEAT_MS, what === 'beat' ? cancellationSignal : undefined);
    }
    return done();
  },
});
