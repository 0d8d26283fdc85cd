// Commands no array has: faults on demand, a failover, broken volumes, bytes, the state as a table. All begin with `sim`.
import type { FaultEffect } from '../../faults.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { isActive } from '../../model/legality.js';
import type { Volume } from '../../model/state.js';
import { stateTable } from '../../state-table.js';
import type { Arguments } from '../arguments.js';
import { change, listing, must, withEach, type Command, type Commands } from '../command.js';
import { concise } from '../view.js';
import { findVolume } from './volume-lookup.js';

/** The forms of EFFECT in faults.ts. */
export function parseEffect(text: string): FaultEffect {
  const [, kind, number] = /^(delay|http):(\d+)$/.exec(text) ?? [];
  const [, place, code] = /^(banner|stdout|stdout0)(?::(CMMVC\d{4}[EWI]))?$/.exec(text) ?? [];
  if (kind === 'delay') return { delayMs: Number(number) };
  if (kind === 'http') return { http: Number(number) };
  if (text === 'drop') return 'drop-connection';
  if (text === 'fail' || text === 'failover') return text;
  if (/^CMMVC\d{4}[EWI]$/.test(text)) return { code: text };
  if (place === 'banner') return { printed: code ?? 'banner' };
  if (place !== undefined && code !== undefined)
    return { onStdout: code, exitCode: place === 'stdout' ? 1 : 0 };
  throw refuse('CMMVC5767E', `-do ${text}`);
}

export function effectText(effect: FaultEffect): string {
  if (effect === 'drop-connection') return 'drop';
  if (typeof effect === 'string') return effect;
  if ('code' in effect) return effect.code;
  if ('printed' in effect)
    return effect.printed === 'banner' ? 'banner' : `banner:${effect.printed}`;
  if ('onStdout' in effect)
    return `${effect.exitCode === 0 ? 'stdout0' : 'stdout'}:${effect.onStdout}`;
  return 'delayMs' in effect ? `delay:${effect.delayMs}` : `http:${effect.http}`;
}

function simfault({ faults }: Machine, args: Arguments): string {
  faults.add({
    on: args.required('on'),
    do: parseEffect(args.required('do')),
    when: args.choice('when', ['before', 'after']) ?? 'before',
    times: args.integer('times', { min: 1, max: 1_000_000 }) ?? 1,
  });
  return '';
}

const lssimfault = listing(({ faults }, args) => {
  const rows = faults.list().map(({ fault, left }) => ({
    ...{ on: fault.on, when: fault.when ?? 'before', do: effectText(fault.do), left: String(left) },
  }));
  return concise(args, ['on', 'when', 'do', 'left'], rows);
});

const volumeOf = (machine: Machine, args: Arguments): Volume =>
  must(findVolume(machine, args.target()), 'CMMVC5753E', args.target());

/** Every I/O fails, also that of a background copy. */
async function simbreak(machine: Machine, args: Arguments): Promise<string> {
  const volume = volumeOf(machine, args);
  volume.offline = 'failed';
  await machine.reach.setOnline(volume, false);
  return '';
}

async function simrepair(machine: Machine, args: Arguments): Promise<string> {
  const volume = volumeOf(machine, args);
  delete volume.offline;
  await machine.reach.setOnline(volume, true);
  return '';
}

/** What no other command brings about: a function that is not simulated holds the volume. */
function simrefuse(machine: Machine, args: Arguments): string {
  const volume = volumeOf(machine, args);
  const code = args.value('code');
  if ((code === undefined) !== args.has('off')) throw refuse('CMMVC5707E', '-code or -off');
  if (code !== undefined && !/^CMMVC\d{4}E$/.test(code))
    throw refuse('CMMVC5767E', `-code ${code}`);
  if (code === undefined) delete volume.refuses;
  else volume.refuses = code;
  return '';
}

/** Both nodes of the I/O group are gone, or back: bitmaps cannot be reached, active copies are suspended meanwhile. */
async function simiogrp(machine: Machine, args: Arguments): Promise<string> {
  const online = args.choice('state', ['online', 'offline']);
  if (online === undefined) throw refuse('CMMVC5707E', '-state');
  for (const mapping of machine.state.mappings) {
    if (online === 'offline' && isActive(mapping) && mapping.state !== 'suspended')
      Object.assign(mapping, { suspendedFrom: mapping.state, state: 'suspended' });
    else if (online === 'online' && mapping.state === 'suspended')
      Object.assign(mapping, {
        state: mapping.suspendedFrom ?? 'copying',
        due: machine.clock.now(),
      });
    else continue;
    for (const id of [mapping.source, mapping.target])
      await machine.reach.setOnline(machine.state.volume(id), online === 'online');
  }
  return '';
}

const RANGE = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

/** The bytes hosts would read, as text: `\\0` for zeros. No host is asked, no state refused. */
async function simread(machine: Machine, args: Arguments): Promise<string> {
  const volume = volumeOf(machine, args);
  const offset = args.integer('offset', RANGE) ?? 0;
  const length = Math.min(
    args.integer('length', { min: 1, max: 65_536 }) ?? 64,
    volume.capacityBytes - offset,
  );
  const bytes = await machine.engine.read(volume, { offset, length });
  return `${JSON.stringify(Buffer.from(bytes).toString('latin1').replace(/\0+$/, ''))}\n`;
}

async function simwrite(machine: Machine, args: Arguments): Promise<string> {
  const volume = volumeOf(machine, args);
  const data = Buffer.from(args.required('text'), 'utf8');
  const offset = args.integer('offset', RANGE) ?? 0;
  if (offset + data.length > volume.capacityBytes) throw refuse('CMMVC5767E', '-offset');
  await machine.reach.atOneInstant(() => machine.engine.write(volume, offset, data));
  return '';
}

const onVolume = (run: Command['run'], values: readonly string[] = []): Command =>
  change({ values, object: 'required' }, run);

export const simulatorCommands: Commands = {
  simstate: listing((machine) => stateTable(machine)),
  simstats: listing(({ statistics }, args) => {
    const counts = [...statistics.commands].map(([command, count]) => ({
      what: command,
      count: String(count),
    }));
    const { bytesAnswered, sshConnections, restLogins } = statistics;
    const totals = Object.entries({ bytesAnswered, sshConnections, restLogins });
    const rows = [...counts, ...totals.map(([what, count]) => ({ what, count: String(count) }))];
    return concise(args, ['what', 'count'], rows);
  }),
  lssimfault,
  simread: { ...onVolume(simread, ['offset', 'length']), changes: false },
  ...withEach(
    {
      simfault: change({ values: ['on', 'do', 'when', 'times'] }, simfault),
      rmsimfault: change({}, ({ faults }) => {
        faults.clear();
        return '';
      }),
      simfailover: change({ values: ['downms'] }, (machine, args) => {
        machine.failover(args.integer('downms', { min: 0, max: 3_600_000 }) ?? 5000);
        return '';
      }),
      simbreak: onVolume(simbreak),
      simrepair: onVolume(simrepair),
      simrefuse: change({ values: ['code'], switches: ['off'], object: 'required' }, simrefuse),
      simiogrp: change({ values: ['state'] }, simiogrp),
      simwrite: onVolume(simwrite, ['offset', 'text']),
    },
    { copyOperator: false },
  ),
};
