// What only the server knows of a run: activities that wait, on which attempt, and why the last one failed. While the background copy runs,
// its progress is in the heartbeat of the last look, so the report's volumes are brought up to date from there.
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure, type LoadedDataConverter } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { Pace } from '../domain/copy-pace.js';
import type { ErrorData } from '../domain/errors.js';
import type { Report, VolumeReport } from '../domain/report.js';

export interface RunningActivity {
  /** Name of the activity, e.g. `flashCopyAwaitCopied`. */
  readonly activity: string;
  readonly attempt: number;
  /** False while it waits for a worker or for its next attempt. */
  readonly started: boolean;
  /** Code and line of the last attempt's failure; both '' on a first attempt. */
  readonly lastFailure: { readonly code: string; readonly message: string };
}

/** A report while the run goes on. */
export interface LiveReport extends Report {
  readonly running: readonly RunningActivity[];
}

export interface PendingActivity extends RunningActivity {
  readonly failureDetails: Partial<ErrorData['details']>;
  /** What the last heartbeat carried. */
  readonly kept: unknown;
}

const STARTED = 2;

export async function pendingActivities(
  description: WorkflowExecutionDescription,
  converter: LoadedDataConverter,
): Promise<PendingActivity[]> {
  const pending = description.raw.pendingActivities ?? [];
  return Promise.all(
    pending.map(async ({ activityType, attempt, state, lastFailure, heartbeatDetails }) => {
      const failure = await decodeOptionalFailureToOptionalError(converter, lastFailure);
      const data =
        failure instanceof ApplicationFailure
          ? (failure.details?.[0] as ErrorData | undefined)
          : undefined;
      return {
        activity: activityType?.name ?? '',
        attempt: attempt ?? 1,
        started: Number(state ?? 0) === STARTED,
        lastFailure: { code: data?.code ?? '', message: failure?.message ?? '' },
        failureDetails: data?.details ?? {},
        kept: (await decodeArrayFromPayloads(converter, heartbeatDetails?.payloads))?.[0],
      };
    }),
  );
}

export function liveReport(report: Report, pending: readonly PendingActivity[]): LiveReport {
  const running = pending.map(({ failureDetails: _, kept: __, ...activity }) => activity);
  const looks = pending.filter((activity) => activity.lastFailure.code === 'COPY_RUNNING');
  const percents = new Map(looks.flatMap(progressOf));
  const volumes = report.volumes.map((volume) =>
    withProgress(volume, percents.get(`${volume.array} ${volume.mapping}`)),
  );
  return { ...report, volumes, running };
}

/** The pace that goes from look to look holds the percent of each mapping: a failure has no room for them. */
function progressOf({ failureDetails: { array }, kept }: PendingActivity): [string, number][] {
  const { last = {} } = (kept ?? {}) as Partial<Pace>;
  return Object.entries(last).map(([mapping, percent]) => [`${String(array)} ${mapping}`, percent]);
}

function withProgress(volume: VolumeReport, percent: number | undefined): VolumeReport {
  if (percent === undefined || !(percent > volume.progressPercent)) return volume;
  return { ...volume, progressPercent: percent, independent: percent === 100 };
}
