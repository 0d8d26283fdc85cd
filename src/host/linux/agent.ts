// Calls the agent on one host: uploads it when missing, reads directly, and runs what changes something as a job that outlives the connection.
// A lost connection is answered by asking for the same call's result, so nothing runs twice.
import { createHash } from 'node:crypto';
import type { Clock, Randomness } from '../../domain/clock.js';
import { FlashCopyError } from '../../domain/errors.js';
import { COMMANDS, inside, WAITS } from '../../domain/timing.js';
import type { CommandResult, RunOptions, Transport } from '../../transport/transport.js';
import type { Looking } from '../host.js';
import { agentProgram } from './agent-program.js';
import { readAnswer, type Row } from './answer.js';
import { commandLine } from './words.js';

export interface AgentOptions {
  readonly host: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly sudo: boolean;
  readonly stateDir: string;
  readonly keepDir: string;
}

export interface CallOptions {
  readonly timeoutMs: number;
  readonly urgent?: boolean;
}

export interface LookOptions extends CallOptions {
  readonly looking?: Looking | undefined;
}

export interface ChangeOptions extends LookOptions {
  /** It changes nothing, and may be ended where it stands. */
  readonly onlyReads?: true;
}

/** Whatever can run a line: the pool or a reserved session. */
interface Runner {
  run(line: string, options: RunOptions): Promise<CommandResult>;
}

const MISSING = 97;
/** The answer to the last look comes after the time is over; it still ends before the activity does. */
const END_JOB_MS = COMMANDS.hostShort;
const slackMs = (timeoutMs: number): number => timeoutMs - inside(timeoutMs);
const LOST = new Set(['CHANNEL_LOST', 'COMMAND_TIMED_OUT', 'UNREACHABLE']);
const isLost = (error: unknown): boolean => error instanceof FlashCopyError && LOST.has(error.code);

export class Agent {
  readonly host: string;
  readonly #path: string;

  constructor(private readonly options: AgentOptions) {
    this.host = options.host;
    this.#path = `${options.stateDir}/agent-${agentProgram().hash}`;
  }

  /** The line for a command; exits 97 when the program is not there. */
  line(words: readonly string[]): string {
    const { stateDir, keepDir } = this.options;
    const start = ['/bin/sh', '-c', `[ -r "$0" ] || exit ${MISSING}; exec /bin/sh "$0" "$@"`];
    return this.#privileged([...start, this.#path, stateDir, keepDir, ...words]);
  }

  /** For reads: repeated once after a lost connection, within the same time. Who stops looking leaves the host to it. */
  async read(words: readonly string[], { looking, ...options }: LookOptions): Promise<Row[]> {
    const { clock } = this.options;
    const until = clock.now() + options.timeoutMs;
    const watched = looking === undefined ? options : { ...options, signal: looking.signal };
    try {
      return await this.#call(words, watched);
    } catch (error) {
      looking?.signal.throwIfAborted();
      const timeoutMs = until - clock.now();
      if (!isLost(error) || timeoutMs <= 0) throw error;
      return await this.#call(words, { ...watched, timeoutMs });
    }
  }

  /** For changes, and whatever takes long. COMMAND_TIMED_OUT: the job still runs; the same order joins it. */
  async change(words: readonly string[], options: ChangeOptions): Promise<Row[]> {
    const key = createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 16);
    const { looking, onlyReads = false } = options;
    if (looking === undefined) return this.#jobAnswer({ key, words }, options);
    const eyes = new AbortController();
    const stop = (): void => {
      // Nobody is to run beside what changes something: it is seen to its end, unless somebody joins it.
      if (onlyReads || !looking.unwanted()) eyes.abort(looking.signal.reason);
    };
    looking.signal.throwIfAborted();
    looking.signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.#jobAnswer({ key, words }, options, eyes.signal);
    } catch (error) {
      if (!eyes.signal.aborted) throw error;
      if (onlyReads && looking.unwanted())
        await this.read(['end-job', key], { timeoutMs: END_JOB_MS }).catch(() => undefined);
      throw looking.signal.reason;
    } finally {
      looking.signal.removeEventListener('abort', stop);
    }
  }

  async #jobAnswer(
    { key, words }: { readonly key: string; readonly words: readonly string[] },
    { timeoutMs, urgent = false }: CallOptions,
    signal?: AbortSignal,
  ): Promise<Row[]> {
    const { clock, randomness } = this.options;
    const call = randomness.token(12);
    const until = clock.now() + timeoutMs;
    let sent = false;
    for (;;) {
      try {
        const look = Math.max(
          1,
          Math.min(WAITS.jobLook / 1_000, Math.ceil((until - clock.now()) / 1000)),
        );
        const rows = await this.#call(['job', key, call, String(look), ...words], {
          urgent,
          timeoutMs: Math.min(
            (look + 15) * 1000,
            Math.max(0, until - clock.now()) + slackMs(timeoutMs),
          ),
          ...(signal === undefined ? {} : { signal }),
        });
        if (rows[0]?.[0] !== 'running') return rows;
        sent = true;
      } catch (error) {
        if (!isLost(error) || (!sent && (error as FlashCopyError).code === 'UNREACHABLE'))
          throw error;
        sent = true;
        if (clock.now() >= until) throw error;
        await clock.sleep(WAITS.jobLookAgain, signal);
      }
      if (clock.now() >= until) throw this.#overdue(words[0] ?? '', timeoutMs);
    }
  }

  /** Makes sure the program is there, over this very connection, so that what follows needs no second try. */
  async ensure(runner: Runner, timeoutMs: number): Promise<void> {
    const test = await runner.run(this.#privileged(['test', '-r', this.#path]), { timeoutMs });
    if (test.exitCode !== 0) await this.#upload(runner, timeoutMs);
  }

  async #call(words: readonly string[], options: RunOptions): Promise<Row[]> {
    const { transport } = this.options;
    const line = this.line(words);
    let result = await transport.run(line, options);
    if (result.exitCode === MISSING) {
      await this.#upload(transport, options.timeoutMs);
      result = await transport.run(line, options);
    }
    return readAnswer(this.host, result);
  }

  /** Whole or not at all: its length is compared before it gets its name. */
  async #upload(runner: Runner, timeoutMs: number): Promise<void> {
    const { text } = agentProgram();
    const program =
      'umask 077; mkdir -p "$1" && cat >"$2.$$" && [ "$(wc -c <"$2.$$")" -eq "$3" ] && chmod 700 "$2.$$" && mv "$2.$$" "$2"';
    const words = [
      '/bin/sh',
      '-c',
      program,
      'sh',
      this.options.stateDir,
      this.#path,
      String(Buffer.byteLength(text)),
    ];
    const result = await runner.run(this.#privileged(words), { timeoutMs, input: text });
    if (result.exitCode === 0) return;
    throw new FlashCopyError({
      family: 'host',
      code: /^sudo:|Permission denied$/m.test(result.stderr)
        ? 'NOT_PRIVILEGED'
        : 'AGENT_NOT_INSTALLED',
      message: `${this.host}: cannot write ${this.#path}: ${result.stderr.trim().slice(-300)}`,
      retry: 'safe',
      details: { host: this.host },
    });
  }

  #privileged(words: readonly string[]): string {
    return commandLine(this.options.sudo ? ['sudo', '-n', ...words] : words);
  }

  #overdue(command: string, timeoutMs: number): FlashCopyError {
    return new FlashCopyError({
      family: 'transport',
      code: 'COMMAND_TIMED_OUT',
      message: `${this.host}: ${command} still runs after ${timeoutMs} ms`,
      outcome: 'unknown',
      retry: 'after-check',
      details: { host: this.host },
    });
  }
}
