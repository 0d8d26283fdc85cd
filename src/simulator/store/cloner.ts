// Makes one file's content that of another that is open elsewhere: FICLONE keeps the inode, `cp --reflink` would truncate first.
// Node has no ioctl, so one small perl process stays up and answers in lines: nothing is spawned while an application stands still.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { copyContent } from './files.js';

export interface ClonePair {
  readonly from: string;
  readonly to: string;
}

/** One request per line: `from<TAB>to[<TAB>from<TAB>to...]`; one answer per line: the errno of each pair, 0 = cloned (FICLONE = 0x40049409). */
const PERL = `
$| = 1;
while (my $line = <STDIN>) {
  chomp $line; my @paths = split /\\t/, $line; my @answers;
  while (@paths) {
    my ($from, $to) = splice @paths, 0, 2; my ($in, $out);
    my $ok = open($in, '<', $from) && open($out, '+<', $to) && ioctl($out, 0x40049409, fileno($in) + 0);
    push @answers, $ok ? 0 : $! + 0; close $in if $in; close $out if $out;
  }
  print join(',', @answers), "\\n";
}`;

export class Cloner {
  private child: ChildProcessWithoutNullStreams | undefined;
  private answer: ((line: string) => void) | undefined;
  private tail: Promise<unknown> = Promise.resolve();

  /** Starts the process ahead of time, so that the first clone does not pay for it. Safe to repeat. */
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

  /** All pairs, in order; by reflink where the file system can, else byte by byte. Both files exist and have one size. */
  clone(pairs: readonly ClonePair[]): Promise<void> {
    const result = this.tail.then(() => this.cloneNow(pairs));
    this.tail = result.catch(() => undefined);
    return result;
  }

  close(): void {
    this.child?.stdin.end();
    this.child = undefined;
  }

  private async cloneNow(pairs: readonly ClonePair[]): Promise<void> {
    if (pairs.length === 0) return;
    const answers = await this.ask(pairs);
    await Promise.all(
      pairs.map((pair, index) => (answers[index] === '0' ? Promise.resolve() : copyContent(pair))),
    );
  }

  /** [] when there is no perl: everything is copied then. */
  private async ask(pairs: readonly ClonePair[]): Promise<string[]> {
    this.warm();
    const { child } = this;
    if (!child) return [];
    return new Promise((resolve) => {
      this.answer = (line) => resolve(line.split(','));
      child.stdin.write(`${pairs.map(({ from, to }) => `${from}\t${to}`).join('\t')}\n`);
    });
  }

  private lost(child: ChildProcessWithoutNullStreams): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.answer?.('');
  }
}
