// A request from outside becomes a domain value, or one INVALID_REQUEST with a line for each problem. Touches nothing.
import { z } from 'zod';
import type { FlashCopyRequest, RequestedGroup } from '../domain/request.js';
import { inputError, issueLines, shown } from './problem.js';
import { requestSchema } from './request-schema.js';

/** Larger documents are refused before they are looked at; 512 pairs need about 100 KB. */
const MOST_CHARACTERS = 1_000_000;

/** Throws INVALID_REQUEST, never retried. */
export function parseRequest(value: unknown): FlashCopyRequest {
  refuseTooLarge(value);
  const parsed = requestSchema.safeParse(value);
  if (!parsed.success) {
    throw inputError(
      'INVALID_REQUEST',
      parsed.error.issues.flatMap((issue) => issueLines(value, issue, knownFields())),
    );
  }
  const { array, volumes, groups, maxPause, maxOutage, maxPrepared, approval, ...rest } = parsed.data;
  const wanted = groups ?? [{ array: array ?? '', volumes: volumes ?? [] }];
  const request: FlashCopyRequest = {
    ...rest,
    groups: wanted.map(withoutUndefined),
    ...{ maxPauseMs: maxPause, maxOutageMs: maxOutage, maxPreparedMs: maxPrepared },
    ...(approval === undefined ? {} : { approval }),
  };
  const problems = contradictions(request);
  if (problems.length > 0) throw inputError('INVALID_REQUEST', problems);
  return request;
}

type ParsedGroup = {
  array: string;
  volumes: { source: string; target: string; create?: { pool: string } | undefined; overwrite?: string | undefined }[];
};

const withoutUndefined = ({ array, volumes }: ParsedGroup): RequestedGroup => ({
  array,
  volumes: volumes.map(({ source, target, create, overwrite }) => ({
    ...{ source, target },
    ...(create === undefined ? {} : { create }),
    ...(overwrite === undefined ? {} : { overwrite }),
  })),
});

/** What no single field shows. */
function contradictions(request: FlashCopyRequest): string[] {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  request.groups.forEach(({ array, volumes }, g) => {
    volumes.forEach((pair, v) => {
      const at = request.groups.length === 1 ? `volumes[${v}]` : `groups[${g}].volumes[${v}]`;
      if (pair.source === pair.target)
        problems.push(`${at}.target = ${shown(pair.target)}: is its own source; name another volume`);
      for (const role of ['source', 'target'] as const) {
        const key = `${array}/${pair[role]}`;
        const before = seen.get(key);
        if (before !== undefined && pair.source !== pair.target)
          problems.push(`${at}.${role} = ${shown(pair[role])}: is already ${before}; name each volume once`);
        seen.set(key, `${at}.${role}`);
      }
    });
  });
  problems.push(
    ...twice(
      'groups',
      request.groups.map(({ array }) => array),
      'array',
    ),
  );
  problems.push(
    ...twice(
      'sources',
      request.sources.map(({ host }) => host),
      'host',
    ),
  );
  problems.push(
    ...twice(
      'targets',
      request.targets.map(({ host }) => host),
      'host',
    ),
  );
  request.targets.forEach(({ mounts }, t) => {
    problems.push(
      ...twice(
        `targets[${t}].mounts`,
        mounts.map(({ at }) => at),
        'at',
      ),
    );
    mounts.forEach(({ at }, m) => {
      if (at === '/')
        problems.push(`targets[${t}].mounts[${m}].at = "/": a copy cannot be mounted over the root; name a directory`);
    });
  });
  if (request.copy.waitFor === 'copied' && request.copy.rate === 0) {
    problems.push(
      'copy.waitFor = "copied": never happens with copy.rate = 0; use a rate from 1 to 150, or waitFor: started',
    );
  }
  return problems;
}

function twice(list: string, values: readonly string[], field: string): string[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) < index
      ? [`${list}[${index}].${field} = ${shown(value)}: stands there twice; name it once`]
      : [],
  );
}

function refuseTooLarge(value: unknown): void {
  let size: number;
  try {
    size = JSON.stringify(value)?.length ?? 0;
  } catch {
    throw inputError('INVALID_REQUEST', [
      'the document: cannot be written as JSON (it refers to itself); use plain values',
    ]);
  }
  if (size > MOST_CHARACTERS) {
    throw inputError('INVALID_REQUEST', [
      `the document = ${size} characters: too large; use at most ${MOST_CHARACTERS}`,
    ]);
  }
}

/** Published with the package, for editors and for other languages. */
export const requestJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(requestSchema, { io: 'input', unrepresentable: 'any' });

let fields: string[] | undefined;
/** Every field name of the schema: what a misspelt one may have meant. */
function knownFields(): string[] {
  if (fields === undefined) {
    const found = new Set<string>();
    JSON.stringify(requestJsonSchema(), (key: string, value: unknown) => {
      if (key === 'properties' && typeof value === 'object' && value !== null)
        Object.keys(value).forEach((name) => found.add(name));
      return value;
    });
    fields = [...found];
  }
  return fields;
}
