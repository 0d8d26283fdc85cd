// The demo's application on the source guest: two writers, one per directory of /data, as a systemd service; acknowledgements end up outside the guest.
import { readFile } from 'node:fs/promises';
import type { Guest } from '../guest.js';
import { startCollector } from '../writer/collector.js';
import { readAcknowledgements, type Acknowledgement } from '../writer/records.js';

export const WRITER_UNIT = 'fc-writer.service';
export const WRITER_DIRECTORIES = ['/data/ledger', '/data/journal'] as const;

export interface RunningWriter {
  /** All acknowledgements so far. */
  acknowledgements(): Promise<Acknowledgement[]>;
  /** ms from one acknowledgement to the next record, from now on. */
  pace(ms: number): void;
  close(): Promise<void>;
}

/** ms from one acknowledgement to the next record: well below the shortest pause, which must hold a write of each writer. */
export const PACE_MS = 25;

export async function startWriter(
  guest: Guest,
  logFile: string,
  paceMs = PACE_MS,
): Promise<RunningWriter> {
  const collector = await startCollector(logFile);
  const args = `--collector 10.0.2.2:${collector.port} --every-ms ${paceMs} ${WRITER_DIRECTORIES.join(' ')}`;
  await guest.sh(`
    mkdir -p ${WRITER_DIRECTORIES.join(' ')}
    printf 'FC_WRITER_ARGS=%s\\n' '${args}' >/etc/default/fc-writer
    systemctl start ${WRITER_UNIT}
  `);
  return {
    pace: (ms) => collector.pace(ms),
    acknowledgements: async () => readAcknowledgements(await readFile(logFile, 'latin1')),
    close: () => collector.close(),
  };
}
