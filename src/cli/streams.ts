// Standard output and standard error that go away: a closed pipe ends the printing, never the work. What could not be written for another reason is no success.
import { systemClock } from '../clock/system-clock.js';
import { EXIT } from './exit-code.js';

/** The reader has gone: `| head`, a pager that was left, a terminal that was closed. */
const GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'];

export function survivePipes(): void {
  let unwritten = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      unwritten ||= !GONE.includes(code);
    });
  process.once('exit', () => {
    if (unwritten && process.exitCode === EXIT.done) process.exitCode = EXIT.unknown;
  });
}

/** Whatever a half-made worker or connection still holds open, a command that has said its last word ends; an error of the streams is heard first. */
export function endAfterLastWord(): void {
  process.stdout.write('', () => void systemClock.sleep(1).then(() => process.exit()));
}
