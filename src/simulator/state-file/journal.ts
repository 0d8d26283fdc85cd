// A file of lines that only grows: each line one change, whole or not there. Rewritten from time to
// time, beside and renamed over; synced before anybody is told. No line is as large as the array.
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

/** What one line says. */
export interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly gone: readonly string[];
}

/** As text: records are JSON already. */
export interface ChangeText {
  readonly set: readonly (readonly [key: string, json: string])[];
  readonly gone: readonly string[];
}

const FORMAT = 2;
const RECORDS_A_LINE = 500;

/** Undefined: there is none. Throws what is wrong with it; a last line that was cut off is not. */
export async function readJournal(path: string): Promise<Map<string, unknown> | undefined> {
  const records = new Map<string, unknown>();
  let lines = 0;
  let torn: Error | undefined;
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      if (torn) throw torn;
      if (++lines === 1) checkFormat(line);
      else torn = take(records, line);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (lines === 0) throw new Error('it is empty');
  if (torn && (await endsWithNewline(path))) throw torn;
  return records;
}

export class Journal {
  private file: FileHandle | undefined;
  /** Bytes of the last rewriting, and of the lines since. */
  private base = 0;
  private grown = 0;

  constructor(private readonly path: string) {}

  /** Lines since outweigh what a rewriting would be. */
  get isLong(): boolean {
    return this.grown > Math.max(4 * 2 ** 20, 2 * this.base);
  }

  async append(change: ChangeText): Promise<void> {
    if (!this.file) throw new Error('nothing has been written yet');
    this.grown += await write(this.file, lineOf(change));
    await this.file.datasync();
  }

  async rewrite(records: ReadonlyMap<string, string>): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(`${this.path}.new`, 'w');
    try {
      let bytes = await write(file, `${JSON.stringify({ format: FORMAT })}\n`);
      for (const set of inParts([...records], RECORDS_A_LINE))
        bytes += await write(file, lineOf({ set, gone: [] }));
      await file.datasync();
      await rename(`${this.path}.new`, this.path);
      await syncFolder(dirname(this.path));
      await this.close();
      Object.assign(this, { file, base: bytes, grown: 0 });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }
}

function checkFormat(line: string): void {
  const header = JSON.parse(line) as { format?: unknown } | null;
  if (header?.format !== FORMAT)
    throw new Error(`format ${String(header?.format)}, expected ${FORMAT}`);
}

/** Answers what is wrong with the line: nothing, or that it was cut off, if no other follows. */
function take(records: Map<string, unknown>, line: string): Error | undefined {
  let change: Change;
  try {
    change = JSON.parse(line) as Change;
  } catch (error) {
    return error as Error;
  }
  for (const key of change.gone) records.delete(key);
  for (const [key, value] of Object.entries(change.set)) records.set(key, value);
  return undefined;
}

const lineOf = ({ set, gone }: ChangeText): string => {
  const parts = set.map(([key, json]) => `${JSON.stringify(key)}:${json}`);
  const line = `{"gone":${JSON.stringify(gone)},"set":{${parts.join(',')}}}\n`;
  // JSON lets these two stand, readers of lines end a line at them.
  return line.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
};

async function write(file: FileHandle, text: string): Promise<number> {
  const bytes = Buffer.from(text);
  await file.writeFile(bytes);
  return bytes.length;
}

async function endsWithNewline(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer.toString() === '\n';
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

const inParts = <T>(items: readonly T[], length: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / length) }, (_, at) =>
    items.slice(at * length, (at + 1) * length),
  );
