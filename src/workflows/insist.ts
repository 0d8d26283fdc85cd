// A ledger that nobody serves, or nobody can read, is not mended by silence: the cause is shown, a
// person is called, and it is tried again until it works.
import { sleep } from '@temporalio/workflow';
import { WAITS } from '../domain/timing.js';
import { OperatorCall, type Message } from './call-operator.js';
import { errorLine, errorOf } from './failure.js';

export interface Insisted {
  readonly message: Omit<Message, 'what' | 'todo'>;
  /** Undefined: it works again. */
  readonly show: (why: string | undefined) => void;
}

const MENDED_BY_PEOPLE: ReadonlySet<string> = new Set(['LEDGER_UNSERVED', 'LEDGER_UNREADABLE']);

/** Any other failure is thrown, and a cancel of the scope it runs in ends the waiting. */
export async function insist<T>({ message, show }: Insisted, work: () => Promise<T>): Promise<T> {
  const todo = ['do what it says; it is tried again all the time'];
  const call = new OperatorCall({ ...message, what: 'ledger', todo });
  let shown = false;
  try {
    for (let pauseMs: number = WAITS.giveBackRound; ; pauseMs *= 2) {
      try {
        return await work();
      } catch (error) {
        if (!MENDED_BY_PEOPLE.has(errorOf(error).code)) throw error;
        shown = true;
        show(errorLine(error));
        call.raise(errorLine(error));
      }
      await sleep(Math.min(pauseMs, WAITS.giveBackRoundLongest), {
        summary: 'until the ledger is asked again',
      });
    }
  } finally {
    if (shown) show(undefined);
    await call.end('');
  }
}
