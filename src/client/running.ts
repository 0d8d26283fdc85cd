// What only the server knows of a run: activities that wait, on which attempt, and why the last one failed. While the background copy runs,
// its progress is in the failure of the last look, so the report's volumes are brought up to date from there.
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure, type LoadedDataConverter } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
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
}

const STARTED = 2;

export async function pendingActivities(
  description: WorkflowExecutionDescription,
  converter: LoadedDataConverter,
): Promise<PendingActivity[]> {
  const pending = description.raw.pendingActivities ?? [];
  return Promise.all(
    pending.map(async ({ activityType, attempt, state, lastFailure }) => {
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
      };
    }),
  );
}

export function liveReport(report: Report, pending: readonly PendingActivity[]): LiveReport {
  const running = pending.map(({ failureDetails: _, ...activity }) => activity);
  const looks = pending.filter((activity) => activity.lastFailure.code === 'COPY_RUNNING');
  const percents = new Map(looks.flatMap((look) => progressOf(look.failureDetails)));
  const volumes = report.volumes.map((volume) =>
    withProgress(volume, percents.get(`${volume.array} ${volume.target}`)),
  );
  return { ...report, volumes, running };
}

/** `progress` holds `<target> <percent>` for each volume of the array. */
function progressOf({ array, progress }: PendingActivity['failureDetails']): [string, number][] {
  if (!Array.isArray(progress)) return [];
  return (progress as readonly string[]).map((line) => {
    const at = line.lastIndexOf(' ');
    return [`${String(array)} ${line.slice(0, at)}`, Number(line.slice(at + 1))];
  });
}

function withProgress(volume: VolumeReport, percent: number | undefined): VolumeReport {
  if (percent === undefined || !(percent > volume.progressPercent)) return volume;
  return { ...volume, progressPercent: percent, independent: percent === 100 };
}
