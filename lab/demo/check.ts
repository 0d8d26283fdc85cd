// Checks a copy against what the writers were promised: byte by byte, by numbers and the source host's own clock. Knows nothing of how it was made.
import path from 'node:path';
import type { PauseReport, Report } from '../../src/domain/report.js';
import type { Guest } from '../guest.js';
import { checkWriter } from '../writer/check.js';
import { readRecords, type Acknowledgement } from '../writer/records.js';
import { WRITER_DIRECTORIES } from './writer.js';

export interface CheckedCopy {
  /** One line each; empty when the copy is what it is said to be. */
  readonly findings: readonly string[];
  readonly records: number;
  readonly acknowledged: number;
}

export async function checkCopy(
  backup: Guest,
  mountedAt: string,
  evidence: { readonly report: Report; readonly acknowledgements: Acknowledgement[] },
): Promise<CheckedCopy> {
  const { report, acknowledgements } = evidence;
  const pause = report.pauses.find(({ host }) => host === 'source1');
  if (pause === undefined)
    return { findings: ['the report names no pause of source1'], records: 0, acknowledged: 0 };
  const checked = await Promise.all(
    WRITER_DIRECTORIES.map((directory, index) =>
      checkInstance(backup, path.join(mountedAt, path.relative('/data', directory)), {
        ...{ instance: index + 1, pause, acknowledgements },
      }),
    ),
  );
  return {
    findings: [...identity(report), ...checked.flatMap(({ findings }) => findings)],
    records: checked.reduce((sum, { records }) => sum + records, 0),
    acknowledged: acknowledgements.filter(({ ackMs }) => ackMs < pause.quiescedAt).length,
  };
}

interface Instance {
  readonly instance: number;
  readonly pause: PauseReport;
  readonly acknowledgements: Acknowledgement[];
}

async function checkInstance(
  backup: Guest,
  directory: string,
  { instance, pause, acknowledgements }: Instance,
) {
  const copy = readRecords(await backup.read(`${directory}/writer-${instance}.dat`));
  const findings = checkWriter({
    ...{
      instance,
      copy,
      quiescedAt: pause.quiescedAt,
      givenBackAt: pause.givenBackAt,
      method: pause.method,
    },
    ...(pause.stillUntil === undefined ? {} : { stillUntil: pause.stillUntil }),
    acknowledgements: acknowledgements.filter((ack) => ack.instance === instance),
  });
  return {
    findings: findings.map(({ code, message }) => `${code}: ${message}`),
    records: copy.records.length,
  };
}

/** What the library itself says must not contradict what is found here. */
const identity = (report: Report): string[] => [
  ...(report.verified ? [] : ['not-verified: the library could not verify its own nonces']),
  ...(report.grade === undefined ? ['no-grade: the copy has no grade'] : []),
];
