// Runs a line of commands: one at a time for the whole array, state brought to now before each, written down after each change.
import { FlashCopyError } from '../../domain/errors.js';
import { ArrayError, refuse } from '../model/codes.js';
import { passTime } from '../flashcopy/passage.js';
import type { Machine } from '../machine.js';
import type { FaultEffect } from '../faults.js';
import { Serial } from '../serial.js';
import { parseArguments } from './arguments.js';
import type { Caller, Command } from './command.js';
import { COMMANDS } from './commands/table.js';
import { expandStatus, parseLine, SyntaxRefused } from './tokens.js';

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

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
        if ((step.after === '&&' && status !== 0) || (step.after === '||' && status === 0)) continue;
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
    return { exitCode: status, stdout, stderr };
  }

  private async answer(words: readonly string[], caller: Caller): Promise<Answer> {
    const bare = words[0] === 'svctask' || words[0] === 'svcinfo' ? words.slice(1) : words;
    const name = bare[0] ?? '';
    if (name === 'echo') return { exitCode: 0, stdout: `${bare.slice(1).join(' ')}\n`, stderr: '' };
    try {
      return { exitCode: 0, stdout: await this.command(name, bare.slice(1), caller), stderr: '' };
    } catch (error) {
      if (error instanceof FlashCopyError && error.code === 'CHANNEL_LOST') throw error;
      if (error instanceof UnknownCommand)
        return { exitCode: 127, stdout: '', stderr: `rbash: ${name}: command not found\n` };
      const known = error instanceof ArrayError ? error : refuse('CMMVC6033E', String(error));
      return { exitCode: 1, stdout: '', stderr: `${known.message}\n` };
    }
  }

  private async command(name: string, words: readonly string[], caller: Caller): Promise<string> {
    const command = COMMANDS[name];
    if (!command) throw ARRAY_VERB.test(name) ? refuse('CMMVC7205E', name) : new UnknownCommand();
    const args = parseArguments(words, command.grammar);
    await this.suffer(name, this.machine.faults.take(name, 'before'), 'not-done');
    await command.before?.(this.machine, args, async ([first = '', ...rest]) => {
      await this.command(first, rest, caller);
    });
    const output = await this.turn.run(() => this.take(command, args, caller));
    await this.suffer(name, this.machine.faults.take(name, 'after'), 'done');
    return output;
  }

  private async take(command: Command, args: ReturnType<typeof parseArguments>, caller: Caller): Promise<string> {
    await passTime(this.machine);
    const output = await command.run(this.machine, args, caller);
    if (command.changes) await this.machine.save();
    return output;
  }

  private async suffer(name: string, effects: readonly FaultEffect[], effect: 'done' | 'not-done'): Promise<void> {
    for (const fault of effects) {
      if (typeof fault === 'object' && 'delayMs' in fault) await this.machine.clock.sleep(fault.delayMs);
      else if (typeof fault === 'object') throw new ArrayError(fault.code, 'fault on demand');
      else if (fault === 'drop-connection') throw channelLost(name, effect);
    }
  }
}

class UnknownCommand extends Error {}

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
