// The arming channel of one holder: quiesce, then attest and thaw. Nothing stands between the two but the network and fsfreeze.
import { FlashCopyError } from '../../domain/errors.js';
import type { PauseReport } from '../../domain/report.js';
import { COMMANDS, MARGINS } from '../../domain/timing.js';
import type { LineChannel, Session } from '../../transport/transport.js';
import type { ArmedQuiesce } from '../host.js';
import { parseRows, refused, unreadable, values } from './answer.js';
import { pauseReport } from './hold-order.js';

export interface Arming {
  readonly host: string;
  readonly session: Session;
  readonly channel: LineChannel;
  /** Another way to give back and to learn what happened, for when this channel is gone. */
  readonly giveBack: (timeoutMs: number) => Promise<PauseReport | undefined>;
  readonly now: () => number;
}

export class ArmedLinuxQuiesce implements ArmedQuiesce {
  #beganAt = 0;

  constructor(private readonly arming: Arming) {}

  async quiesce(timeoutMs: number): Promise<void> {
    const { host, channel } = this.arming;
    this.#beganAt = this.arming.now();
    channel.send('quiesce');
    const row = (await this.#line(timeoutMs)).split('\t');
    if (row[0] === 'quiesced') return;
    if (row[0] !== 'refused')
      throw row[0] === 'error' ? refused(host, row) : unreadable(host, row.join(' '));
    throw new FlashCopyError({
      family: 'host',
      code: 'QUIESCE_REFUSED',
      message: `${host}: ${values(host, row, 1).join('')}`,
      retry: 'safe',
      details: { host },
    });
  }

  async attestAndThaw(timeoutMs: number): Promise<PauseReport> {
    const { host, channel, now } = this.arming;
    const until = now() + timeoutMs;
    const left = (most: number): number =>
      Math.max(MARGINS.leastPause, Math.min(most, until - now()));
    try {
      channel.send('attest-thaw');
      const thawed = (await channel.nextLine(timeoutMs)).split('\t');
      if (thawed[0] !== 'thawed') throw unreadable(host, thawed.join(' '));
      const report = pauseReport(
        host,
        parseRows(await channel.nextLine(left(COMMANDS.hostPauseReport))),
      );
      if (report === undefined) throw unreadable(host, 'no report of the pause');
      return report;
    } catch (error) {
      return await this.#broken(error, left(COMMANDS.hostGiveBack));
    }
  }

  close(): void {
    this.arming.channel.close();
    this.arming.session.release();
  }

  /** No answer is a broken quiesce; what the host itself knows of it comes over another connection. */
  async #broken(error: unknown, timeoutMs: number): Promise<PauseReport> {
    const { host, now } = this.arming;
    this.close();
    const why = `no answer from the holder: ${error instanceof Error ? error.message : String(error)}`;
    const known = await this.arming.giveBack(timeoutMs).catch(() => undefined);
    if (known !== undefined) return { ...known, broken: known.broken === '' ? why : known.broken };
    const at = now();
    const beganAt = this.#beganAt;
    return {
      host,
      method: 'quiesce',
      beganAt,
      quiescedAt: at,
      givenBackAt: at,
      pauseMs: at - beganAt,
      broken: why,
    };
  }

  async #line(timeoutMs: number): Promise<string> {
    const { host, channel } = this.arming;
    try {
      return await channel.nextLine(timeoutMs);
    } catch (error) {
      if (!(error instanceof FlashCopyError) || error.code !== 'COMMAND_TIMED_OUT') throw error;
      throw new FlashCopyError({
        family: 'host',
        code: 'QUIESCE_OVERDUE',
        message: `${host}: not still after ${timeoutMs} ms; a freeze cannot be called off while it flushes`,
        outcome: 'unknown',
        retry: 'after-check',
        details: { host },
        cause: error,
      });
    }
  }
}
