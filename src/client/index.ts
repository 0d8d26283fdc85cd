// The door `temporal-flashcopy`: client, handles, errors, and the types a caller meets. Pulls in no adapter and no worker.
export {
  FlashCopyClient,
  type ConnectOptions,
  type FlashCopyClientOptions,
} from './flash-copy-client.js';
export { CopyHandle, type CopyRun } from './copy-handle.js';
export { CopyFailedError, UpdateRefusedError } from './errors.js';
export type { Patience } from './patience.js';
export type { LiveReport, RunningActivity } from './running.js';
export type { CopySchedule, CopyScheduleHandle } from './schedule.js';
export { registerSearchAttributes } from './search-attributes.js';
export type { StartOptions } from './start-options.js';
export {
  FlashCopyError,
  type ErrorData,
  type ErrorFamily,
  type ErrorOutcome,
  type RetryAdvice,
} from '../domain/errors.js';
export type { Finding, FindingKind, Findings, JanitorReport } from '../domain/janitor.js';
export type { Notice, NoticeWay, SentNotice } from '../domain/notice.js';
export type * from '../domain/report.js';
export type * from '../domain/request.js';
export type { RateChange, Resolution, ResolvedSource } from '../workflows/messages.js';
export type { Phase, StepName } from '../domain/steps.js';
export type * from '../config/request-input.js';
export {
  temporalServer,
  type TemporalChoice,
  type TemporalConnection,
  type TemporalServer,
} from '../config/temporal-profile.js';
