// When copies are made again: what a caller says of a schedule becomes checked values, or one INVALID_SCHEDULE with a line for each problem. Touches nothing.
import { z } from 'zod';
import { inputError, issueLines } from './problem.js';
import { duration } from './words.js';

const SECOND_MS = 1_000;
const YEAR_MS = 365 * 86_400_000;

const text = z.string().min(1, 'use a text').max(1_000, 'use at most 1,000 characters');

const timeZone = text.superRefine((name, context) => {
  const known = knownTimeZone(name);
  if (known === name) return;
  const near = known === undefined ? '' : `; did you mean ${known}?`;
  context.addIssue({ code: 'custom', message: `use an IANA name, e.g. Europe/Berlin${near}` });
});

/** The zone of this name in any spelling, as IANA spells it. Offsets such as +02:00 are no zones. */
function knownTimeZone(name: string): string | undefined {
  try {
    const options = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    if (!/^[A-Za-z]/.test(name)) return undefined;
    // Aliases resolve to another name: they are right as they stand.
    const same = options.timeZone.toLowerCase() === name.toLowerCase();
    return same ? options.timeZone : name;
  } catch {
    return undefined;
  }
}

export const scheduleSchema = z
  .strictObject({
    id: text,
    request: z.unknown(),
    cron: z
      .union([text, z.array(text).min(1)], { error: "use a cron expression such as '0 2 * * *'" })
      .optional(),
    calendars: z.array(z.looseObject({})).min(1, 'name at least one calendar').optional(),
    every: duration(SECOND_MS, YEAR_MS).optional(),
    timezone: timeZone.optional(),
    catchupWindow: duration(10 * SECOND_MS, YEAR_MS).optional(),
    overlap: z
      .enum(['SKIP', 'BUFFER_ONE'], {
        error: 'use SKIP or BUFFER_ONE: every other would end or double a running copy',
      })
      .optional(),
    jitter: duration(0, YEAR_MS).optional(),
    paused: z.boolean().optional(),
  })
  .superRefine(({ cron, calendars, every }, context) => {
    const given = [cron, calendars, every].filter((rule) => rule !== undefined).length;
    if (given === 1) return;
    const path = [cron === undefined ? 'every' : 'cron'];
    context.addIssue({
      code: 'custom',
      path,
      message: 'give exactly one of cron, calendars, every',
    });
  });

export type CheckedSchedule = z.output<typeof scheduleSchema>;

/** Throws INVALID_SCHEDULE. Callers without types come here too. */
export function parseSchedule(value: unknown): CheckedSchedule {
  const parsed = scheduleSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const known = () => Object.keys(scheduleSchema.shape);
  const lines = parsed.error.issues.flatMap((issue) => issueLines(value, issue, known));
  throw inputError(
    'INVALID_SCHEDULE',
    lines.map((line) => `schedule.${line}`),
  );
}
