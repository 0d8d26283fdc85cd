// A Linux host as source: flush, nonces, arming, take-down and give back, each one call of the agent.
import type { Clock } from '../../domain/clock.js';
import { FlashCopyError } from '../../domain/errors.js';
import type { PauseReport } from '../../domain/report.js';
import { COMMANDS, takeDownCommandMs } from '../../domain/timing.js';
import type { Transport } from '../../transport/transport.js';
import type { ArmedQuiesce, Attestation, Hold, HoldOrder, Looking, SourceHost } from '../host.js';
import type { Agent } from './agent.js';
import { integer, refused, unreadable, values } from './answer.js';
import { ArmedLinuxQuiesce } from './armed-quiesce.js';
import { holdWords, pauseReport, points } from './hold-order.js';
import { readHolds } from './holds.js';
import { checked } from './words.js';

export class LinuxSource implements SourceHost {
  constructor(
    private readonly agent: Agent,
    private readonly of: { readonly transport: Transport; readonly clock: Clock },
  ) {}

  async preFlush(
    order: Parameters<SourceHost['preFlush']>[0],
    looking?: Looking,
  ): Promise<{ dirtyBytes: number }> {
    const { host } = this.agent;
    const rows = await this.agent.read(['flush', ...points(order.mounts)], {
      timeoutMs: COMMANDS.hostFlush,
      looking,
    });
    const [dirty] = values(host, rows[0] ?? [], 1);
    const dirtyBytes = integer(host, dirty ?? '');
    if (dirtyBytes <= order.limitBytes) return { dirtyBytes };
    throw new FlashCopyError({
      family: 'host',
      code: 'TOO_DIRTY',
      message: `${host}: ${dirtyBytes} bytes still dirty after a flush, at most ${order.limitBytes} may be: a freeze would flush them inside the pause`,
      retry: 'safe',
      details: { host, dirtyBytes, limitBytes: order.limitBytes },
    });
  }

  async writeNonce(order: Parameters<SourceHost['writeNonce']>[0]): Promise<void> {
    await this.agent.change(
      ['nonce', checked('run', order.run), order.kind, ...points(order.mounts)],
      {
        timeoutMs: COMMANDS.hostShort,
      },
    );
  }

  async arm(order: HoldOrder): Promise<ArmedQuiesce> {
    const { agent } = this;
    const session = await this.of.transport.reserve({ timeoutMs: COMMANDS.hostShort });
    try {
      await agent.ensure(session, COMMANDS.hostShort);
      const channel = await session.openLines(agent.line(['arm', ...holdWords(order)]));
      const row = (await channel.nextLine(COMMANDS.hostShort)).split('\t');
      if (row[0] !== 'armed') {
        channel.close();
        throw row[0] === 'error' ? refused(agent.host, row) : unreadable(agent.host, row.join(' '));
      }
      const giveBack = (timeoutMs: number) => this.#giveBack(order, timeoutMs);
      return new ArmedLinuxQuiesce({
        host: agent.host,
        session,
        channel,
        giveBack,
        now: () => this.of.clock.now(),
      });
    } catch (error) {
      session.release();
      throw error;
    }
  }

  async takeDown(order: HoldOrder): Promise<void> {
    await this.agent.change(['take-down', ...holdWords(order)], {
      timeoutMs: takeDownCommandMs(order),
      urgent: true,
    });
  }

  async attest(run: string): Promise<Attestation> {
    const rows = await this.agent.read(['attest', checked('run', run)], {
      timeoutMs: COMMANDS.hostShort,
      urgent: true,
    });
    const [broken = '', lease = ''] = values(this.agent.host, rows[0] ?? [], 2);
    return { broken, leaseMs: integer(this.agent.host, lease) };
  }

  async holds(): Promise<Hold[]> {
    return readHolds(
      this.agent.host,
      await this.agent.read(['holds'], { timeoutMs: COMMANDS.hostShort, urgent: true }),
    );
  }

  /** A thaw goes straight; starting units takes long and must survive this connection: a job. */
  giveBack(order: HoldOrder): Promise<PauseReport | undefined> {
    return this.#giveBack(order, COMMANDS.hostGiveBack);
  }

  async #giveBack(order: HoldOrder, timeoutMs: number): Promise<PauseReport | undefined> {
    const words = ['give-back', checked('run', order.run)];
    const options = { timeoutMs, urgent: true };
    const rows =
      order.method === 'quiesce'
        ? await this.agent.read(words, options)
        : await this.agent.change(words, options);
    return pauseReport(this.agent.host, rows);
  }
}
