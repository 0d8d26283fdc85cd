// Is the copy one instant between quiesce and give back? Decided from what the writer was promised and what the copy holds, nothing else.
import type { Acknowledgement, CopiedFile } from './records.js';

export interface WriterEvidence {
  instance: number;
  /** Acknowledgements of this instance, logged outside the host. */
  acknowledgements: Acknowledgement[];
  copy: CopiedFile;
  /** Bounds of the pause by the source host's wall clock, ms: quiesce done; give back begun. */
  quiescedAt: number;
  givenBackAt: number;
  /** Before its thaw began. Default: givenBackAt. */
  stillUntil?: number;
  /** `quiesce` holds a write across the pause; with `unmount` the writer is stopped before. */
  method: 'quiesce' | 'unmount';
  /** How near to the pause the writer must have been at work (`quiesce` only). Default 2000 ms. */
  busyWithinMs?: number;
}

export interface Finding {
  code: 'lost' | 'too-new' | 'written-in-pause' | 'idle' | 'torn' | 'hole';
  message: string;
}

/** Empty when the copy is what it is said to be. */
export function checkWriter(evidence: WriterEvidence): Finding[] {
  return [lost, tooNew, writtenInPause, idle, torn, holes].flatMap((rule) => rule(evidence));
}

const finding = (code: Finding['code'], message: string): Finding => ({ code, message });

function lost({ acknowledgements, copy, quiescedAt, instance }: WriterEvidence): Finding[] {
  const onCopy = new Set(copy.records.map((record) => `${record.number} ${record.beginMs}`));
  const missing = acknowledgements.filter(
    (ack) => ack.ackMs < quiescedAt && !onCopy.has(`${ack.number} ${ack.beginMs}`),
  );
  const first = missing[0];
  if (first === undefined) return [];
  return [
    finding(
      'lost',
      `instance ${instance}: ${missing.length} acknowledged records are not on the copy, first ${first.number}`,
    ),
  ];
}

function tooNew({ copy, givenBackAt, instance }: WriterEvidence): Finding[] {
  const late = copy.records.find((record) => record.beginMs > givenBackAt);
  return late === undefined
    ? []
    : [
        finding(
          'too-new',
          `instance ${instance}: record ${late.number} was begun after the give back`,
        ),
      ];
}

/**
 * A record begun and acknowledged while nothing could be written. One that was begun before may be acknowledged inside: its fsync was over,
 * its writer had not looked at the clock yet.
 */
function writtenInPause(evidence: WriterEvidence): Finding[] {
  const {
    acknowledgements,
    quiescedAt,
    givenBackAt,
    stillUntil = givenBackAt,
    instance,
  } = evidence;
  const inside = acknowledgements.find((ack) => ack.beginMs > quiescedAt && ack.ackMs < stillUntil);
  if (inside === undefined) return [];
  return [
    finding(
      'written-in-pause',
      `instance ${instance}: record ${inside.number} was written during the pause`,
    ),
  ];
}

/** A writer at rest would pass every other rule. */
function idle(evidence: WriterEvidence): Finding[] {
  const {
    acknowledgements,
    quiescedAt,
    givenBackAt,
    stillUntil = givenBackAt,
    method,
    instance,
  } = evidence;
  const near = method === 'quiesce' ? (evidence.busyWithinMs ?? 2000) : Number.POSITIVE_INFINITY;
  const before = acknowledgements.some(
    (ack) => ack.ackMs <= quiescedAt && ack.ackMs >= quiescedAt - near,
  );
  const after = acknowledgements.some(
    (ack) => ack.ackMs >= givenBackAt && ack.ackMs <= givenBackAt + near,
  );
  const across = acknowledgements.some(
    (ack) => ack.beginMs <= stillUntil && ack.ackMs >= stillUntil && ack.beginMs < ack.ackMs,
  );
  return [
    ...(before
      ? []
      : [finding('idle', `instance ${instance}: nothing acknowledged shortly before the quiesce`)]),
    ...(after
      ? []
      : [
          finding('idle', `instance ${instance}: nothing acknowledged shortly after the give back`),
        ]),
    ...(method === 'unmount' || across
      ? []
      : [finding('idle', `instance ${instance}: no write was held by the pause`)]),
  ];
}

function torn({ copy, instance }: WriterEvidence): Finding[] {
  return copy.torn.map((number) =>
    finding('torn', `instance ${instance}: record ${number} is torn`),
  );
}

/** Record n stands at place n, in the copy and among the acknowledgements. */
function holes({ copy, acknowledgements, instance }: WriterEvidence): Finding[] {
  const copied = copy.records
    .map((record) => record.number)
    .filter((number) => !copy.torn.includes(number));
  const jumpInCopy = copied.find(
    (number, index) => number !== index + 1 + copy.torn.filter((place) => place < number).length,
  );
  const numbers = acknowledgements.map((ack) => ack.number);
  const jumpInLog = numbers.find(
    (number, index) => index > 0 && number !== (numbers[index - 1] ?? 0) + 1,
  );
  return [jumpInCopy, jumpInLog].flatMap((number) =>
    number === undefined
      ? []
      : [
          finding(
            'hole',
            `instance ${instance}: record ${number} does not follow the one before it`,
          ),
        ],
  );
}
