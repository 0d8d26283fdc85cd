// A request from outside becomes a domain value, or one INVALID_REQUEST with a line for each problem. Touches nothing.
import { z } from 'zod';
import type { FlashCopyRequest, RequestedGroup, RequestedTarget } from '../domain/request.js';
import { refuseHostile } from './hostile.js';
import { inputError, issueLines, shown } from './problem.js';
import { requestSchema } from './request-schema.js';
import { pairProblems, snapshotProblems } from './snapshot-problems.js';

/** Throws INVALID_REQUEST, never retried. */
export function parseRequest(value: unknown): FlashCopyRequest {
  refuseHostile('INVALID_REQUEST', value);
  const parsed = requestSchema.safeParse(value);
  if (!parsed.success) {
    throw inputError(
      'INVALID_REQUEST',
      parsed.error.issues.flatMap((issue) => issueLines(value, issue, fieldsAt)),
    );
  }
  const {
    array,
    volumes,
    groups,
    maxPause,
    maxOutage,
    maxPrepared,
    within,
    attempts,
    approval,
    ...rest
  } = parsed.data;
  const wanted = groups ?? [{ array: array ?? '', volumes: volumes ?? [] }];
  const request: FlashCopyRequest = {
    ...rest,
    groups: wanted.map(withoutUndefined),
    copy: copyOf(rest.copy),
    ...{ maxPauseMs: maxPause, maxOutageMs: maxOutage, maxPreparedMs: maxPrepared },
    withinMs: within,
    attempts: attempts ?? usualAttempts(rest.sources),
    ...(approval === undefined ? {} : { approval }),
  };
  const problems = contradictions(request);
  if (problems.length > 0) throw inputError('INVALID_REQUEST', problems);
  return request;
}

/** Unmounted, production stands still for minutes each time: only who asks for it gets another. */
const usualAttempts = (sources: Parsed['sources']): number =>
  sources.every(({ method }) => method === 'quiesce') ? 2 : 1;

type Parsed = z.output<typeof requestSchema>;
type ParsedGroup = NonNullable<Parsed['groups']>[number];

/** After a restore nothing may stand in the way of the next copy. */
const copyOf = ({ autodelete, snapshot, ...copy }: Parsed['copy']): FlashCopyRequest['copy'] => ({
  ...copy,
  ...(snapshot === undefined ? {} : { snapshot: defined(snapshot) }),
  autodelete: autodelete ?? copy.kind === 'restore',
});

const withoutUndefined = ({ array, volumes }: ParsedGroup): RequestedGroup => ({
  array,
  volumes: volumes.map(({ create, source = '', target = '', ...pair }) => ({
    ...{ source, target },
    ...defined(pair),
    ...(create === undefined ? {} : { create: defined(create) }),
  })),
});

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Defined<T>;

/** What no single field shows. */
function contradictions({ groups, sources, targets, copy }: FlashCopyRequest): string[] {
  const arrays = groups.map(({ array }) => array);
  const hosts = (list: readonly { readonly host: string }[]): string[] =>
    list.map(({ host }) => host);
  return [
    ...snapshotProblems(copy),
    ...pairProblems(groups, copy),
    ...repeatedVolumes(groups),
    ...twice('groups', arrays, 'array'),
    ...twice('sources', hosts(sources), 'host'),
    ...twice('targets', hosts(targets), 'host'),
    ...targets.flatMap(({ mounts }, at) => mountProblems(`targets[${at}].mounts`, mounts)),
    ...(copy.rate === 0 ? endless(copy) : []),
  ];
}

/** What waits for the end of a copy that has none. */
const endless = ({ waitFor, autodelete, kind }: FlashCopyRequest['copy']): string[] =>
  [
    ...(waitFor === 'copied' ? ['copy.waitFor = "copied"'] : []),
    ...(kind === 'restore'
      ? ['copy.kind = "restore"']
      : autodelete === true
        ? ['copy.autodelete = true']
        : []),
  ].map(
    (field) =>
      `${field}: never happens with copy.rate = 0; use a rate from 1 to 150, or waitFor: started`,
  );

/** Each volume of an array stands in one role; a source may have several targets. */
function repeatedVolumes(groups: readonly RequestedGroup[]): string[] {
  const seen = new Map<string, string>();
  return groups.flatMap(({ array, volumes }, g) =>
    volumes.flatMap((pair, v) => {
      const at = groups.length === 1 ? `volumes[${v}]` : `groups[${g}].volumes[${v}]`;
      if (pair.source === pair.target && pair.source !== '')
        return [`${at}.target = ${shown(pair.target)}: is its own source; name another volume`];
      return (['source', 'target'] as const).flatMap((role) => {
        if (pair[role] === '') return [];
        const key = `${array}/${pair[role]}`;
        const before = seen.get(key);
        seen.set(key, `${at}.${role}`);
        const again = role === 'source' && before?.endsWith('.source') === true;
        return before === undefined || again
          ? []
          : [`${at}.${role} = ${shown(pair[role])}: is already ${before}; name each volume once`];
      });
    }),
  );
}

function mountProblems(list: string, mounts: RequestedTarget['mounts']): string[] {
  const root = mounts.findIndex(({ at }) => at === '/');
  return [
    ...twice(
      list,
      mounts.map(({ at }) => at),
      'at',
    ),
    ...twice(
      list,
      mounts.map(({ from }) => from),
      'from',
    ),
    ...(root < 0
      ? []
      : [`${list}[${root}].at = "/": a copy cannot be mounted over the root; name a directory`]),
  ];
}

function twice(list: string, values: readonly string[], field: string): string[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) < index
      ? [`${list}[${index}].${field} = ${shown(value)}: stands there twice; name it once`]
      : [],
  );
}

/** Published with the package, for editors and for other languages. */
export const requestJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(requestSchema, { io: 'input', unrepresentable: 'any' });

/** The fields that may stand at a path: what a misspelt one may have meant. */
function fieldsAt(path: readonly PropertyKey[]): string[] {
  let at: z.core.JSONSchema.BaseSchema | undefined = requestJsonSchema();
  for (const key of path) {
    const inner: unknown = typeof key === 'number' ? at?.items : at?.properties?.[String(key)];
    at = inner as z.core.JSONSchema.BaseSchema | undefined;
  }
  return Object.keys(at?.properties ?? {});
}
