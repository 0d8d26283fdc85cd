// One token for everybody in this process: an array bears few log-ins a second and few tokens at a time.

export class SharedToken {
  #current: Promise<string> | undefined;

  constructor(private readonly logIn: () => Promise<string>) {}

  /** The token in use; whoever comes during a log-in waits for that one. A log-in that fails is forgotten. */
  get(): Promise<string> {
    if (this.#current !== undefined) return this.#current;
    const fresh = this.logIn();
    this.#current = fresh;
    fresh.catch(() => {
      if (this.#current === fresh) this.#current = undefined;
    });
    return fresh;
  }

  /** This token was refused. Who comes late with an old one does not throw away the new one. */
  async refused(token: string): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    const known = await current.catch(() => undefined);
    if (known === token && this.#current === current) this.#current = undefined;
  }
}
