// Runs a line of commands: one at a time for the whole array, state brought to now before each, written down after each change.
import { FlashCopyError } from '../../domain/errors.js';
import { ArrayError, refuse } from '../model/codes.js';
import { passTime } from '../flashcopy/passage.js';
import type { Machine } from '../machine.js';
import type { FaultEffect } from '../faults.js';
import { Serial } from '../serial.js';
import { reaches } from '../model/profile.js';
import { parseArguments, type Arguments } from './arguments.js';
import type { Caller, Command } from './command.js';
import { textOf, type Output } from './output.js';
import { COMMANDS } from './commands/table.js';
import { expandStatus, parseLine, SyntaxRefused } from './tokens.js';

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An answer whose form the door chooses. */
export interface Called {
  readonly output: Output;
  /** Printed before it over SSH, by a fault. */
  readonly preface: string;
  readonly args: Arguments;
}

/** A code where the answer should be: on standard output, whatever the exit status. */
class OnStdout extends ArrayError {
  constructor(
    code: string,
    readonly exitCode: 0 | 1,
  ) {
    super(code, 'fault on demand');
  }
}

/** No command of the array at all. */
export class UnknownCommand extends Error {}

const DEFAULT_FAILOVER_MS = 5000;

/** What a real command name looks like; anything else is no command of the array. */
const ARRAY_VERB =
  /^(ls|mk|ch|rm|add|start|stop|prestart|expand|shrink|migrate|move|switch|restore|refresh|convert|cancel|ping|satask|sainfo)/;

export class Shell {
  private readonly turn = new Serial();

  constructor(private readonly machine: Machine) {}

  /** Throws CHANNEL_LOST (effect unknown) where a fault drops the connection; every other failure is an answer. */
  async execute(line: string, caller: Caller): Promise<Answer> {
    let [stdout, stderr, status] = ['', '', 0];
    try {
      for (const step of parseLine(line)) {
        if ((step.after === '&&' && status !== 0) || (step.after === '||' && status === 0))
          continue;
        const answer = await this.answer(
          step.words.map((word) => expandStatus(word, status)),
          caller,
        );
        stdout += answer.stdout;
        stderr += answer.stderr;
        status = answer.exitCode;
      }
    } catch (error) {
      if (!(error instanceof SyntaxRefused)) throw error;
      return { exitCode: 2, stdout, stderr: `${stderr}rbash: ${error.message}\n` };
    }
    this.machine.statistics.bytesAnswered += stdout.length;
    return { exitCode: status, stdout, stderr };
  }

  /** One command in words. Throws ArrayError, UnknownCommand, CHANNEL_LOST. */
  async call(words: readonly string[], caller: Caller): Promise<Called> {
    const bare = /^(svctask|svcinfo|sainfo|satask)$/.test(words[0] ?? '') ? words.slice(1) : words;
    const [name = '', ...rest] = bare;
    const command = COMMANDS[name];
    this.machine.statistics.count(name);
    if (this.machine.halted) throw channelLost(name, 'not-done');
    if (!command)
      throw ARRAY_VERB.test(name) ? refuse('CMMVC7205E', name) : new UnknownCommand(name);
    if (!reaches(this.machine.profile, command.since)) throw refuse('CMMVC7205E', name);
    const args = parseArguments(rest, command.grammar);
    if (!mayRun(command, caller.role)) throw refuse('CMMVC6253E', caller.user);
    const before = this.faultsOn(name, 'before');
    await this.suffer(name, before, 'not-done');
    await command.before?.(this.machine, args, async (inner) => {
      await this.call(inner, caller);
    });
    const output = await this.turn.run(() =>
      this.take(command, args, caller).catch((error: unknown) => {
        // Neither told as done nor as refused: whoever asks again asks an array that is away.
        throw this.machine.halted ? channelLost(name, 'not-done') : error;
      }),
    );
    const after = this.faultsOn(name, 'after');
    await this.suffer(name, after, 'done');
    return { output, args, preface: prefaceOf([...before, ...after]) };
  }

  /** Whatever has become due happens, in its turn among the commands. */
  async passTime(): Promise<void> {
    await this.turn.run(() => passTime(this.machine));
  }

  private async answer(words: readonly string[], caller: Caller): Promise<Answer> {
    const [name = ''] = words;
    if (name === 'echo')
      return { exitCode: 0, stdout: `${words.slice(1).join(' ')}\n`, stderr: '' };
    try {
      const { output, args, preface } = await this.call(words, caller);
      return { exitCode: 0, stdout: `${preface}${textOf(output, args)}`, stderr: '' };
    } catch (error) {
      if (error instanceof FlashCopyError && error.code === 'CHANNEL_LOST') throw error;
      if (error instanceof UnknownCommand)
        return { exitCode: 127, stdout: '', stderr: `rbash: ${name}: command not found\n` };
      if (error instanceof OnStdout)
        return { exitCode: error.exitCode, stdout: `${error.message}\n`, stderr: '' };
      return { exitCode: 1, stdout: '', stderr: `${arrayErrorOf(error).message}\n` };
    }
  }

  private async take(command: Command, args: Arguments, caller: Caller): Promise<Output> {
    const happened = await passTime(this.machine);
    try {
      return await command.run(this.machine, args, caller);
    } finally {
      if (command.changes || happened) await this.machine.save();
    }
  }

  private faultsOn(name: string, when: 'before' | 'after'): FaultEffect[] {
    const { faults } = this.machine;
    return [...faults.take(name, when), ...faults.take('command', when)];
  }

  private async suffer(
    name: string,
    effects: readonly FaultEffect[],
    effect: 'done' | 'not-done',
  ): Promise<void> {
    for (const fault of effects) {
      if (typeof fault === 'object' && 'delayMs' in fault)
        await this.machine.clock.sleep(fault.delayMs);
      else if (typeof fault === 'object' && 'code' in fault)
        throw new ArrayError(fault.code, 'fault on demand');
      else if (typeof fault === 'object' && 'onStdout' in fault)
        throw new OnStdout(fault.onStdout, fault.exitCode);
      else if (fault === 'failover') this.machine.failover(DEFAULT_FAILOVER_MS);
      if (fault === 'drop-connection' || fault === 'failover') throw channelLost(name, effect);
    }
  }
}

const BANNER = 'Authorized use only.\nAll activity is recorded.\n';

const prefaceOf = (effects: readonly FaultEffect[]): string =>
  effects
    .flatMap((effect) => (typeof effect === 'object' && 'printed' in effect ? effect.printed : []))
    .map((printed) => (printed === 'banner' ? BANNER : `${new ArrayError(printed).message}\n`))
    .join('');

/** Anything that is no refusal is a defect of the simulator; the array would say "internal error" too. */
export const arrayErrorOf = (error: unknown): ArrayError =>
  error instanceof ArrayError ? error : refuse('CMMVC6033E', String(error));

/** A Monitor looks; a Copy Operator runs FlashCopy; the others may do everything. */
function mayRun(command: Command, role: Caller['role']): boolean {
  if (!command.changes || role === 'Administrator' || role === 'SecurityAdmin') return true;
  return role === 'CopyOperator' && command.copyOperator === true;
}

/** The caller cannot know what the simulator knows: outcome is unknown, the truth stands in the details for tests. */
function channelLost(command: string, truth: 'done' | 'not-done'): FlashCopyError {
  return new FlashCopyError({
    family: 'transport',
    code: 'CHANNEL_LOST',
    message: `the connection was lost at ${command}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { command, truth },
  });
}
