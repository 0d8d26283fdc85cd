// Makes one file's content that of another that is open elsewhere: FICLONE keeps the inode,
// `cp --reflink` would truncate first.
// Node has neither ioctl nor SEEK_DATA, so one small perl process stays up and answers in lines:
// nothing is spawned while an application stands still.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Run } from '../model/grain-set.js';
import { Serial } from '../serial.js';
import { copyContent, type FilePair } from './files.js';

/**
 * One request a line, one answer a line. `from<TAB>to[<TAB>from<TAB>to...]`: the errno of each pair,
 * 0 = done: cloned (FICLONE = 0x40049409), or, of a source without a single block, emptied.
 * `?path`: `from-to,...`, the bytes that are no hole (SEEK_DATA = 3, SEEK_HOLE = 4).
 */
const PERL = `
$| = 1;
while (my $line = <STDIN>) {
  chomp $line; my @answers;
  if ($line =~ s/^\\?//) {
    my $at = 0;
    if (open(my $file, '<', $line)) {
      while (defined(my $data = sysseek($file, $at, 3))) {
        my $hole = sysseek($file, $data + 0, 4); last unless defined $hole;
        push @answers, ($data + 0) . '-' . ($hole + 0); $at = $hole + 0;
      }
      close $file;
    } else { push @answers, 'none'; }
    print join(',', @answers), "\\n"; next;
  }
  my @paths = split /\\t/, $line;
  while (@paths) {
    my ($from, $to) = splice @paths, 0, 2; my ($in, $out, $ok, $error);
    if (open($in, '<', $from) && open($out, '+<', $to)) {
      $ok = ioctl($out, 0x40049409, fileno($in) + 0); $error = $! + 0;
      my ($size, $blocks) = (stat $in)[7, 12];
      if (!$ok && $blocks == 0) {
        $ok = (stat $out)[12] == 0 || truncate($out, 0) && truncate($out, $size); $error = $! + 0;
      }
    } else { $error = $! + 0; }
    push @answers, $ok ? 0 : $error; close $in if $in; close $out if $out;
  }
  print join(',', @answers), "\\n";
}`;

/** Files open at once. */
const AT_ONCE = 32;

export class Cloner {
  private child: ChildProcessWithoutNullStreams | undefined;
  private answer: ((line: string | undefined) => void) | undefined;
  private readonly clones = new Serial();
  private readonly questions = new Serial();

  /** Ahead of time, so that the first clone does not pay for it. Safe to repeat. */
  warm(): void {
    if (this.child) return;
    const child = spawn('perl', ['-e', PERL], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.on('error', () => this.lost(child));
    child.on('exit', () => this.lost(child));
    child.stdin.on('error', () => this.lost(child));
    child.stderr.resume();
    this.child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.answer?.(line));
  }

  /** All pairs, by reflink where the file system can. Both files exist, of one size. */
  clone(pairs: readonly FilePair[]): Promise<void> {
    return this.clones.run(() => this.cloneNow(pairs));
  }

  /** Bytes of the file that are no hole; without perl, all of a file that has any. */
  async dataOf(path: string): Promise<readonly Run[]> {
    const { blocks, size } = await stat(path);
    if (blocks === 0) return [];
    const answer = await this.ask(`?${path}`);
    if (answer === undefined || answer === 'none') return [{ from: 0, to: size }];
    return answer
      .split(',')
      .filter((part) => part !== '')
      .map((part) => part.split('-').map(Number))
      .map(([from = 0, to = size]) => ({ from, to }));
  }

  close(): void {
    this.child?.stdin.end();
    this.child = undefined;
  }

  private async cloneNow(pairs: readonly FilePair[]): Promise<void> {
    if (pairs.length === 0) return;
    const line = pairs.map(({ from, to }) => `${from}\t${to}`).join('\t');
    const answers = (await this.ask(line))?.split(',') ?? [];
    const left = pairs.filter((_, index) => answers[index] !== '0');
    const dataOf = (path: string): Promise<readonly Run[]> => this.dataOf(path);
    await eachOf(left, (pair) => copyContent(pair, dataOf));
  }

  /** Undefined when there is no perl. */
  private ask(line: string): Promise<string | undefined> {
    return this.questions.run(() => {
      this.warm();
      const { child } = this;
      if (!child) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        this.answer = resolve;
        child.stdin.write(`${line}\n`);
      });
    });
  }

  private lost(child: ChildProcessWithoutNullStreams): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.answer?.(undefined);
  }
}

/** A number of them at a time: a group of 512 mappings must not run out of open files. */
export async function eachOf<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
