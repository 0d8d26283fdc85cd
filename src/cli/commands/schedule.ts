// `flashcopy schedule`: a copy again and again, as a Temporal Schedule.
import type { Command } from 'commander';
import type { CopySchedule } from '../../client/index.js';
import { perform, withTemporal, type CommandFlags } from '../command.js';
import { EXIT } from '../exit-code.js';
import { readDocument } from '../files.js';
import { requireTemporal, withClient } from '../temporal.js';

interface ScheduleFlags extends CommandFlags {
  readonly id: string;
  readonly cron?: string;
  readonly every?: string;
  readonly timezone?: string;
  readonly catchupWindow?: string;
  readonly jitter?: string;
}

export function addSchedule(program: Command): void {
  const command = program
    .command('schedule')
    .description('create a Temporal Schedule for a request (overlap SKIP)')
    .argument('<request>', 'YAML or JSON file')
    .requiredOption('--id <id>', 'id of the schedule')
    .option('--cron <expression>', "e.g. '0 2 * * *'")
    .option('--every <interval>', "e.g. '6 h'")
    .option('--timezone <name>', 'IANA name (default: UTC)')
    .option('--catchup-window <time>', 'how late a missed copy may still be made (default: 2 h)')
    .option('--jitter <time>', 'move each start by a random part of this');
  withTemporal(command).action((file: string, flags: ScheduleFlags) =>
    perform(flags.json, async (output) => {
      const request = await readDocument(file);
      return withClient(requireTemporal(flags), async (client) => {
        const { id, cron, every, timezone, catchupWindow, jitter } = flags;
        // What stands in a file or on a command line is checked by the client.
        const when = { cron, every, timezone, catchupWindow, jitter };
        const handle = await client.scheduleFlashCopy({ id, request, ...when } as CopySchedule);
        const { info, policies } = await handle.describe();
        const next = info.nextActionTimes[0]?.toISOString();
        output.answer(
          {
            scheduleId: id,
            next,
            overlap: policies.overlap,
            catchupWindowMs: policies.catchupWindow,
          },
          [`schedule ${id} created; next copy ${next ?? 'never'}`],
        );
        return EXIT.done;
      });
    }),
  );
}
