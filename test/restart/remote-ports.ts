// Arrays and hosts live in the test's process, the worker in one that can be killed: ports as calls over IPC. When the worker dies its channels
// close, as those of SSH would, and what was already sent is still carried out.
import type { ChildProcess } from 'node:child_process';
import type { StorageArray } from '../../src/array/array.js';
import { errorData, FlashCopyError, type ErrorData } from '../../src/domain/errors.js';
import type { Host } from '../../src/host/host.js';

export interface Call {
  readonly id: number;
  readonly at: 'array' | 'host' | 'channel' | 'gate';
  readonly name: string;
  readonly path: readonly string[];
  readonly args: unknown[];
}
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: ErrorData;
  /** The value is an object to call back to, by this name. */
  readonly channel?: string;
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

interface Place {
  readonly at: 'array' | 'host' | 'channel';
  readonly name: string;
  readonly path?: readonly string[];
}

/** Worker's side. */
export class RemotePorts {
  #calls = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  constructor() {
    process.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  array = (name: string): StorageArray =>
    this.#object({ at: 'array', name }, { name }) as unknown as StorageArray;

  host = (name: string): Host =>
    this.#object(
      { at: 'host', name },
      {
        name,
        source: this.#object({ at: 'host', name, path: ['source'] }, {}),
        target: this.#object({ at: 'host', name, path: ['target'] }, {}),
      },
    ) as unknown as Host;

  /** Waits until the test lets this activity go on. */
  gate = (activity: string, when: 'before' | 'after', workflowId: string): Promise<unknown> =>
    this.#call({ at: 'gate', name: activity, path: [when], args: [workflowId] });

  #object(where: Place, own: object): object {
    const { at, name, path = [] } = where;
    return new Proxy(own, {
      get: (target, key) => {
        if (key in target || typeof key === 'symbol' || key === 'then')
          return Reflect.get(target, key) as unknown;
        return (...args: unknown[]) => this.#call({ at, name, path: [...path, key], args });
      },
    });
  }

  async #call(call: Omit<Call, 'id'>): Promise<unknown> {
    const id = (this.#calls += 1);
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      process.send?.({ ...call, id });
    });
    if (answer.error !== undefined) throw new FlashCopyError(answer.error);
    return answer.channel === undefined
      ? answer.value
      : this.#object({ at: 'channel', name: answer.channel }, {});
  }
}

export interface Served {
  readonly array: (name: string) => StorageArray;
  readonly host: (name: string) => Host;
  readonly gate: (activity: string, when: string, workflowId: string) => Promise<void>;
}

let channels = 0;

/** The test's side, for one worker's life. */
export function serve(child: ChildProcess, served: Served): void {
  const open = new Map<string, Methods>();
  let dead = false;
  const end = (channel: Methods): void =>
    void (channel['close'] ?? channel['release'])?.call(channel);
  child.once('exit', () => {
    dead = true;
    open.forEach(end);
  });
  const objectOf = ({ at, name }: Call): object | undefined =>
    at === 'channel' ? open.get(name) : at === 'array' ? served.array(name) : served.host(name);
  const carryOut = async (call: Call): Promise<Answer> => {
    const { id, at, name, path, args } = call;
    if (at === 'gate') return served.gate(name, path[0]!, String(args[0])).then(() => ({ id }));
    const owner = path
      .slice(0, -1)
      .reduce<unknown>((object, key) => (object as never)[key], objectOf(call)) as Methods;
    const value = await owner[path.at(-1)!]!.apply(owner, args);
    if (!['arm', 'reserveStart'].includes(path.at(-1)!)) return { id, value };
    const channel = `channel-${(channels += 1)}`;
    if (dead) end(value as Methods);
    else open.set(channel, value as Methods);
    return { id, channel };
  };
  child.on('message', (call: Call) => {
    carryOut(call)
      .catch((error: unknown): Answer => ({ id: call.id, error: errorData(error) }))
      .then((answer) => child.connected && child.send(answer))
      .catch(() => undefined);
  });
}
