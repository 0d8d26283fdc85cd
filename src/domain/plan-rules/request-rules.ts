// What the request itself cannot have: said before anything is read into the facts.
import { refuseIf, type Rule } from './rule.js';

/** An array or host that nobody inspected is not in the inventory. */
const inspected: Rule = ({ request, arrays, sources, targets, declaredHosts }) => {
  const known =
    declaredHosts.length === 0
      ? 'the inventory names no host'
      : `known: ${declaredHosts.join(', ')}`;
  const hosts = [
    ...request.sources.map(({ host }, at) => ({
      host,
      field: `sources[${at}].host`,
      found: sources,
    })),
    ...request.targets.map(({ host }, at) => ({
      host,
      field: `targets[${at}].host`,
      found: targets,
    })),
  ];
  return [
    ...request.groups.flatMap(({ array }, at) =>
      refuseIf(!arrays.some((one) => one.array === array), () => [
        'UNKNOWN_ARRAY',
        request.groups.length === 1 ? 'array' : `groups[${at}].array`,
        array,
        'name an array of the inventory',
      ]),
    ),
    ...hosts.flatMap(({ host, field, found }) =>
      refuseIf(!found.some((one) => one.host === host), () => [
        'UNKNOWN_HOST',
        field,
        host,
        `name a host of the inventory (${known})`,
      ]),
    ),
  ];
};

const sourceIsTarget: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, asked }) =>
    refuseIf(asked.source === asked.target, () => [
      'SOURCE_IS_TARGET',
      `${field}.target`,
      asked.target,
      'name another volume: a copy onto itself loses it',
    ]),
  );

const applications: Rule = ({ request }) =>
  request.sources.flatMap(({ applications: asked, host }, at) =>
    asked.flatMap((application, index) =>
      refuseIf(true, () => [
        'APPLICATION_NOT_SUPPORTED',
        `sources[${at}].applications[${index}]`,
        application,
        `not supported yet: stop it by method unmount with its unit on ${host}, or leave it out`,
      ]),
    ),
  );

const endlessWait: Rule = ({ request: { copy } }) =>
  refuseIf(copy.waitFor === 'copied' && copy.rate === 0, () => [
    'NEVER_COPIED',
    'copy.rate',
    '0',
    'a copy rate of 0 never reaches 100 %: raise it, or use waitFor started',
  ]);

/** Known beforehand: better refused now than failed after the pause. */
const reachableGrade: Rule = ({ request: { grade, sources } }) => {
  const frozen = sources.findIndex(({ method }) => method === 'quiesce');
  return [
    ...refuseIf(sources.length === 0 && grade !== 'crash', () => [
      'GRADE_OUT_OF_REACH',
      'grade',
      grade,
      'without a source host nothing stands still: name the sources, or ask for grade crash',
    ]),
    ...refuseIf(grade === 'application' && frozen >= 0, () => [
      'GRADE_OUT_OF_REACH',
      `sources[${frozen}].method`,
      'quiesce',
      'frozen file systems give grade filesystem: use method unmount, or ask for grade filesystem',
    ]),
  ];
};

/** Linux keeps a file system with a known UUID out, and LVM shuts two groups of one UUID out. */
const oneHostTwice: Rule = ({ request }) =>
  request.targets.flatMap(({ host }, at) =>
    refuseIf(
      request.sources.some((source) => source.host === host),
      () => [
        'SOURCE_AND_TARGET_ON_ONE_HOST',
        `targets[${at}].host`,
        host,
        'LVM and xfs cannot bear source and copy side by side: name another host',
      ],
    ),
  );

export const REQUEST_RULES: readonly Rule[] = [
  inspected,
  sourceIsTarget,
  applications,
  endlessWait,
  reachableGrade,
  oneHostTwice,
];
