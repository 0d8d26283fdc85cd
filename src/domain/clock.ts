// Time and chance as ports: everything that waits, stamps or draws takes them, so a simulation can own both.

/** A clock in milliseconds since the epoch. `sleep` rejects with the signal's reason when aborted. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Draws of chance. `token` gives lower-case letters and digits, starting with a letter. */
export interface Randomness {
  token(length: number): string;
}
