// How long each start took inside the simulator: an application stands still that long. Benches read the file.
import { appendFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartRecord } from './machine.js';

export class StartsLog {
  readonly durationsMs: number[] = [];

  /** Without a folder only the memory keeps it. */
  constructor(private readonly folder: string | undefined) {}

  /** `<folder>/starts.csv`: ISO time, group, mappings, ms. */
  async add(record: StartRecord): Promise<void> {
    this.durationsMs.push(record.durationMs);
    if (this.folder === undefined) return;
    const path = join(this.folder, 'starts.csv');
    await mkdir(this.folder, { recursive: true });
    const isNew = await stat(path).then(
      () => false,
      () => true,
    );
    const line = [
      new Date(record.epochMs).toISOString(),
      record.group,
      record.mappings,
      record.durationMs,
    ].join(',');
    await appendFile(path, `${isNew ? 'time,group,mappings,ms\n' : ''}${line}\n`);
  }
}
