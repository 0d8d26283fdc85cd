// Port: run one command line somewhere. A result has one shape for success and failure; what is thrown says whether the command may have run.
// Thrown: UNREACHABLE (not-done), AUTH_REFUSED, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED (not-done, never retried),
// NO_FREE_SESSION (not-done), CHANNEL_LOST, COMMAND_TIMED_OUT and OUTPUT_TOO_LARGE (unknown), COMMAND_CANCELLED (not-done before sending, else unknown).

export interface CommandResult {
  /** Undefined when the command was killed by a signal. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface RunOptions {
  /** Sent to standard input, then closed. */
  readonly input?: string;
  /** ms; afterwards COMMAND_TIMED_OUT, effect unknown. */
  readonly timeoutMs: number;
  /** Closes the channel: COMMAND_CANCELLED. The far side may run on. */
  readonly signal?: AbortSignal;
  /** Takes the session that is kept free for give back and start. */
  readonly urgent?: boolean;
  /** Standard output piece by piece as it arrives: what was seen stays known when the rest of the answer is lost. */
  readonly onStdout?: (text: string) => void;
}

/** A command that talks in lines, over a connection that is up and tested. */
export interface LineChannel {
  send(line: string): void;
  /** The next line; CHANNEL_LOST when it closes first, COMMAND_TIMED_OUT when none comes in time (ms). */
  nextLine(timeoutMs: number): Promise<string>;
  /** Closes at once; the far side sees the end of its input. Idempotent. */
  close(): void;
}

/** A connection of one's own, warm: no one else's command stands before ours. */
export interface Session {
  run(line: string, options: RunOptions): Promise<CommandResult>;
  openLines(line: string): Promise<LineChannel>;
  /** Gives the connection back to the pool. Idempotent. */
  release(): void;
}

export interface Transport {
  /** For people: `root@127.0.0.1:22`. */
  readonly address: string;
  run(line: string, options: RunOptions): Promise<CommandResult>;
  /** Reserves and tests a warm connection; waits for one up to timeoutMs. */
  reserve(options: { readonly timeoutMs: number; readonly urgent?: boolean }): Promise<Session>;
  close(): Promise<void>;
}

/** One answer of a REST door; every status is an answer, what it means is the caller's to judge. */
export interface RestAnswer {
  readonly status: number;
  readonly body: string;
  readonly durationMs: number;
}

/**
 * Port: POST a command to an array's REST door. Log-in, token, and calls that come too fast are the transport's own matter:
 * what it throws for them (AUTH_REFUSED, RATE_LIMITED) is not-done. CERTIFICATE_UNKNOWN: not-done, never retried.
 */
export interface RestTransport {
  /** For people: `user@https://svc1:7443`. */
  readonly address: string;
  /** `path` below the base, each word of it quoted for a URL; `body` becomes JSON. `input` and `onStdout` mean nothing here. */
  post(
    path: readonly string[],
    body: Readonly<Record<string, unknown>>,
    options: RunOptions,
  ): Promise<RestAnswer>;
  close(): Promise<void>;
}
