// `janitor install|remove|run`: clears away what dead copies left behind, every few minutes or now.
import { InvalidArgumentError, type Command } from 'commander';
import ms, { type StringValue } from 'ms';
import type { FlashCopyClient, Finding, JanitorReport } from '../../client/index.js';
import { FlashCopyError } from '../../domain/errors.js';
import { perform, withTemporal, type CommandFlags } from '../command.js';
import { EXIT } from '../exit-code.js';
import type { Output } from '../output.js';
import { isServed, requireTemporal, withClient } from '../temporal.js';

interface Flags extends CommandFlags {
  readonly every: number;
}

const SHORTEST_MS = 60_000;
const LONGEST_MS = 86_400_000;

function interval(text: string): number {
  const value = ms(text as StringValue) as number | undefined;
  if (value !== undefined && value >= SHORTEST_MS && value <= LONGEST_MS) return value;
  throw new InvalidArgumentError('use a time such as 5m, from 1m to 1d');
}

type Body = (client: FlashCopyClient, output: Output, flags: Flags) => Promise<number>;

const install: Body = async (client, output, { every }) => {
  const scheduleId = await client.installJanitor({ every });
  output.answer({ scheduleId, everyMs: every, taskQueue: client.taskQueue }, [
    `janitor ${scheduleId} looks every ${ms(every, { long: true })}, on task queue ${client.taskQueue}`,
  ]);
  return EXIT.done;
};

const remove: Body = async (client, output) => {
  const scheduleId = await client.removeJanitor();
  output.answer({ scheduleId, removed: true }, [`janitor ${scheduleId} is removed`]);
  return EXIT.done;
};

const lines = (title: string, findings: readonly Finding[]): string[] =>
  findings.length === 0
    ? []
    : [
        `${title}:`,
        ...findings.map(
          ({ what, todo }) => `  ${what}${todo === '' ? '' : `\n    to do: ${todo}`}`,
        ),
      ];

export function janitorLines({
  repaired,
  reported,
  arrays,
  hosts,
  openCopies,
}: JanitorReport): string[] {
  const urgent = reported.filter(({ needsPerson }) => needsPerson);
  return [
    `looked at ${arrays.length} arrays, ${hosts.length} hosts, ${openCopies} open copies`,
    ...lines('needs a person', urgent),
    ...lines('mended', repaired),
    ...lines(
      'seen',
      reported.filter(({ needsPerson }) => !needsPerson),
    ),
    ...(arrays.length + hosts.length === 0 ? ['nothing was looked at'] : []),
    ...(repaired.length + reported.length === 0 && arrays.length + hosts.length > 0
      ? ['nothing was left behind']
      : []),
  ];
}

const run: Body = async (client, output) => {
  if (!(await isServed(client))) {
    const message = `no worker serves task queue ${client.taskQueue}: start one with flashcopy worker`;
    throw new FlashCopyError({ family: 'transport', code: 'NO_WORKER', message });
  }
  const report = await client.runJanitor();
  output.answer(report, janitorLines(report));
  return exitCodeOfRound(report);
};

/** What was not looked at may hold anything. */
export function exitCodeOfRound({ reported, arrays, hosts }: JanitorReport): number {
  if (reported.some(({ needsPerson, kind }) => needsPerson || kind === 'stuck-run'))
    return EXIT.operator;
  const unseen = reported.some(({ kind }) => kind === 'not-looked-at');
  return unseen || arrays.length + hosts.length === 0 ? EXIT.unknown : EXIT.done;
}

export function addJanitor(program: Command): void {
  const janitor = program.command('janitor').description('clear away what dead copies left behind');
  const add = (name: string, description: string, body: Body): Command =>
    withTemporal(janitor.command(name).description(description)).action((flags: Flags) =>
      perform(flags.json, (output) =>
        withClient(requireTemporal(flags), (client) => body(client, output, flags)),
      ),
    );
  add('install', 'look every few minutes, by a Temporal Schedule', install).option(
    '--every <time>',
    'from 1m to 1d (default: 5m)',
    interval,
    300_000,
  );
  add('remove', 'remove the schedule', remove);
  add(
    'run',
    'one round now; exit code 5 when something needs a person, 6 when not all was seen',
    run,
  );
}
