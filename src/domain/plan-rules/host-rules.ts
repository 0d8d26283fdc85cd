// What every host must offer, in either role: rights, tools, known units, and no holder of another run.
import { setOfRun } from '../names.js';
import type { HostInspection } from '../inspection.js';
import { refuseIf, type Rule } from './rule.js';
import type { View } from './view.js';

const hosts = ({
  sourceViews,
  targetViews,
}: View): { readonly field: string; readonly found: HostInspection }[] => [
  ...sourceViews,
  ...targetViews,
];

const privilege: Rule = (view) =>
  hosts(view).flatMap(({ field, found }) =>
    refuseIf(!found.privileged, () => [
      'NOT_PRIVILEGED',
      `${field}.host`,
      found.host,
      'the user of the inventory is not root: use root, or sudo: true with a rule that asks for no password',
    ]),
  );

const tools: Rule = (view) =>
  hosts(view).flatMap(({ field, found }) =>
    refuseIf(found.missingTools.length > 0, () => [
      'TOOL_MISSING',
      `${field}.host`,
      found.host,
      `install ${found.missingTools.join(', ')} there`,
    ]),
  );

const held: Rule = (view) =>
  hosts(view).flatMap(({ field, found }) =>
    refuseIf(found.heldBy !== '', () => [
      'HELD_BY_OTHER',
      `${field}.host`,
      found.host,
      `run ${found.heldBy} has a holder armed there: wait for it, or give it back with \`flashcopy give-back ${setOfRun(found.heldBy)}\``,
    ]),
  );

const units: Rule = ({ sourceViews }) =>
  sourceViews.flatMap(({ field, asked, found }) => [
    ...asked.units.flatMap((unit, index) =>
      refuseIf(found.unknownUnits.includes(unit), () => [
        'UNKNOWN_UNIT',
        `${field}.units[${index}]`,
        unit,
        `systemd on ${asked.host} knows no such unit: correct its name`,
      ]),
    ),
    ...refuseIf(asked.method === 'quiesce' && asked.units.length > 0, () => [
      'UNITS_WITHOUT_UNMOUNT',
      `${field}.units`,
      asked.units.join(', '),
      'units are stopped by method unmount only: leave them out, or use method unmount',
    ]),
  ]);

export const HOST_RULES: readonly Rule[] = [privilege, tools, held, units];
