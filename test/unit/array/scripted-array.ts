// An array that answers from a script: each line that arrives takes the next answer for its verb. Sleeps take no time.
import type { Clock, Randomness } from '../../../src/domain/clock.js';
import { createSvcArray } from '../../../src/array/svc/svc-array.js';
import type { StorageArray } from '../../../src/array/array.js';
import { createInProcessTransport } from '../../../src/transport/in-process/in-process-transport.js';

export type Scripted = { exitCode?: number | undefined; stdout?: string; stderr?: string } | Error;

export const instantClock: Clock = {
  now: () => 0,
  // A limit in time (with signal) never strikes here; a plain wait is over at once.
  sleep: (_ms, signal) => (signal === undefined ? Promise.resolve() : new Promise(() => undefined)),
};
export const fixedRandomness: Randomness = { token: (length) => 'a'.repeat(length) };

export function scripted(answers: Record<string, Scripted[]>): {
  array: StorageArray;
  lines: string[];
} {
  const lines: string[] = [];
  const transport = createInProcessTransport({
    address: 'script',
    clock: instantClock,
    run: (line, _input, emit) => {
      lines.push(line);
      const verb = /;/.test(line) ? 'start' : (line.split(' ')[0] ?? '');
      const answer = answers[verb]?.shift();
      if (answer === undefined) throw new Error(`no answer scripted for: ${line}`);
      if (answer instanceof Error) {
        if (typeof answer.cause === 'string') emit(answer.cause);
        return Promise.reject(answer);
      }
      return Promise.resolve({
        exitCode: 'exitCode' in answer ? answer.exitCode : 0,
        stdout: answer.stdout ?? '',
        stderr: answer.stderr ?? '',
      });
    },
  });
  return {
    array: createSvcArray({
      name: 'svc1',
      transport,
      clock: instantClock,
      randomness: fixedRandomness,
    }),
    lines,
  };
}

export const refuses = (cmmvc: string): Scripted => ({
  exitCode: 1,
  stderr: `${cmmvc} 文字化けした本文\n`,
});

const GROUP = ['id!1', 'name!g_abc123', 'status!prepared', 'autodelete!off', 'start_time!'];
export const groupView = (state = 'prepared', name = 'g_abc123'): string =>
  `${GROUP.join('\n').replace('prepared', state).replace('g_abc123', name)}\nFC_mapping_id!0\nFC_mapping_name!fc_t\nFC_mapping_id!1\nFC_mapping_name!fc_u\n`;

export const MAPPING_HEADER =
  'id!name!source_vdisk_id!source_vdisk_name!target_vdisk_id!target_vdisk_name!group_id!group_name!status!progress!copy_rate!clean_progress!incremental!partner_FC_id!partner_FC_name!restoring!start_time!rc_controlled';
export const mappingRow = (name: string, state = 'copying', progress = 42): string =>
  `0!${name}!1!src!2!tgt!1!g_abc123!${state}!${progress}!50!100!off!!!no!261123120000!no`;

export const VDISK_HEADER =
  'id!name!IO_group_id!IO_group_name!status!mdisk_grp_id!mdisk_grp_name!capacity!type!FC_id!FC_name!RC_id!RC_name!vdisk_UID!fc_map_count!copy_count!fast_write_state!se_copy_count!RC_change';
export const vdiskRow = (
  name: string,
  capacity = 1073741824,
  uid = '600507680c8000abc800000000000012',
): string => `5!${name}!0!io_grp0!online!0!pool0!${capacity}!striped!!!!!${uid}!0!1!empty!0!no`;

export const fcmapView = (change: Record<string, string> = {}): string =>
  Object.entries({
    id: '0',
    name: 'fc_tgt',
    source_vdisk_id: '1',
    source_vdisk_name: 'src',
    target_vdisk_id: '2',
    target_vdisk_name: 'tgt',
    group_id: '1',
    group_name: 'g_abc123',
    status: 'idle_or_copied',
    progress: '0',
    copy_rate: '50',
    start_time: '',
    dependent_mappings: '0',
    autodelete: 'off',
    clean_progress: '100',
    clean_rate: '50',
    incremental: 'on',
    difference: '100',
    grain_size: '256',
    IO_group_id: '0',
    restoring: 'no',
    rc_controlled: 'no',
    ...change,
  })
    .map(([key, value]) => `${key}!${value}\n`)
    .join('');
