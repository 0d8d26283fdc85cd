// Calls a person, by every way the worker knows, once for each: an activity per way, so that a success in history is never repeated.
// Promise kept here: the call neither delays nor fails what it is about; what could not be said before the end is called off.
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { NOTICE_WAYS, type Notice, type NoticeWay } from '../domain/notice.js';
import { perform } from './activities.js';

export type Message = Omit<Notice, 'why'>;

/** One message over all ways. Answers those by which somebody was told. */
export async function tell(message: Message, why: string): Promise<NoticeWay[]> {
  const notice: Notice = { ...message, why };
  const about = [message.host, message.set].find((name) => name !== '') ?? message.what;
  const told = await Promise.all(
    NOTICE_WAYS.map((way) =>
      perform('flashCopyNotify', { summary: `call a person (${way}): ${about}` }, { way, notice }),
    ),
  );
  return NOTICE_WAYS.filter((_, at) => told[at]?.told === true);
}

/** One stuck source: told at the first `raise`, never again. */
export class OperatorCall {
  readonly #scope = new CancellationScope();
  #calling: Promise<void> | undefined;

  constructor(
    private readonly message: Message,
    private readonly told: (ways: readonly NoticeWay[]) => void = () => undefined,
  ) {}

  raise(why: string): void {
    this.#calling ??= this.#scope
      .run(() => tell(this.message, why))
      .then(this.told)
      .catch((error: unknown) => {
        if (!isCancellation(error)) this.told([]);
      });
  }

  /** Nobody is needed any more. Waits for a call that is being made right now. */
  async end(): Promise<void> {
    this.#scope.cancel();
    await this.#calling;
  }
}
