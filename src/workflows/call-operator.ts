// Calls a person, by every way the worker knows, once for each: an activity per way, so that a
// success in history is never repeated. When nobody is needed any more, those who were called hear so.
// Promise kept here: the call neither delays nor fails what it is about; what could not be said
// before the end is called off.
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { NOTICE_WAYS, type Notice, type NoticeWay } from '../domain/notice.js';
import { WAITS } from '../domain/timing.js';
import { perform } from './activities.js';

export type Message = Omit<Notice, 'why'>;

/** One message over these ways. Answers those by which somebody was told. */
export async function tell(
  message: Message,
  why: string,
  ways: readonly NoticeWay[] = NOTICE_WAYS,
): Promise<NoticeWay[]> {
  const notice: Notice = { ...message, why };
  const about = [message.host, message.set].find((name) => name !== '') ?? message.what;
  const told = await Promise.all(
    ways.map((way) =>
      perform('flashCopyNotify', { summary: `call a person (${way}): ${about}` }, { way, notice }),
    ),
  );
  return ways.filter((_, at) => told[at]?.told === true);
}

/** What is being said and nobody waits for; a workflow waits for all of it before it ends. */
export class Saying {
  readonly #open = new Set<Promise<unknown>>();

  add(saying: Promise<unknown>): void {
    this.#open.add(saying.catch(() => undefined));
  }

  async done(): Promise<void> {
    await Promise.all(this.#open);
  }
}

/** How a call is withdrawn. */
export interface Withdrawal {
  readonly what: Notice['what'];
  readonly saying: Saying;
}

/** One trouble: told at the first `raise`, never again. */
export class OperatorCall {
  readonly #scope = new CancellationScope();
  #calling: Promise<void> | undefined;
  #called: readonly NoticeWay[] = [];

  constructor(
    private readonly message: Message,
    private readonly told: (ways: readonly NoticeWay[]) => void = () => undefined,
    private readonly withdrawal?: Withdrawal,
  ) {}

  raise(why: string): void {
    this.#calling ??= this.#scope
      .run(() => tell(this.message, why))
      .then((ways) => {
        this.#called = ways;
        this.told(ways);
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) this.told([]);
      });
  }

  /** Nobody is needed any more, and why. Waits for a call that is being made right now. */
  async end(why: string): Promise<void> {
    this.#scope.cancel();
    await this.#calling;
    if (this.withdrawal === undefined || this.#called.length === 0) return;
    const message = { ...this.message, what: this.withdrawal.what, todo: [] };
    // Said for a while, and then not at all: the trouble itself is over.
    const saying = CancellationScope.nonCancellable(() =>
      CancellationScope.withTimeout(WAITS.janitorTells, () => tell(message, why, this.#called)),
    );
    this.withdrawal.saying.add(saying);
  }
}
