// The request and the plan that the fake world of the workflow tests works on.
import { buildGroupName } from '../../src/domain/names.js';
import type { Plan, PlannedVolume } from '../../src/domain/plan.js';
import type { FlashCopyRequest, Grade, Method } from '../../src/domain/request.js';

export interface Shape {
  readonly name?: string;
  readonly sources?: Readonly<Record<string, Method>>;
  readonly targets?: readonly string[];
  readonly arrays?: readonly string[];
  readonly grade?: Grade;
  readonly keptGroups?: readonly string[];
  readonly waitFor?: 'started' | 'copied';
  readonly deadlineMs?: number;
}

export function buildRequest(shape: Shape): FlashCopyRequest {
  const { sources = { source1: 'quiesce' }, targets = ['backup1'], arrays = ['svc1'] } = shape;
  return {
    name: shape.name ?? 'erp-nightly',
    groups: arrays.map((array) => ({ array, volumes: [{ source: 'db', target: 'db_copy' }] })),
    sources: Object.entries(sources).map(([host, method]) => ({
      ...{ host, method, units: [], applications: [], mounts: 'auto' },
    })),
    targets: targets.map((host) => ({
      host,
      mounts: [],
      synthesis: 'auto',
      volumeGroups: {},
      keepMapped: false,
    })),
    copy: {
      rate: 50,
      cleanRate: 50,
      incremental: false,
      grainSize: 256,
      waitFor: shape.waitFor ?? 'started',
    },
    grade: shape.grade ?? 'filesystem',
    ...{
      maxPauseMs: 30_000,
      maxOutageMs: 300_000,
      maxPreparedMs: 600_000,
      withinMs: 600_000,
      attempts: 1,
      verify: { fileSystem: false },
    },
  };
}

const volume = (name: string): PlannedVolume => ({
  name,
  uid: `UID-${name}`,
  capacityBytes: 1 << 30,
});

export function buildPlan(request: FlashCopyRequest, token: string, shape: Shape): Plan {
  const { copy, grade, maxPauseMs, maxOutageMs, maxPreparedMs, verify } = request;
  const mapping = (array: string) => ({
    name: `fc_${array}`,
    source: volume('db'),
    target: volume('db_copy'),
  });
  return {
    ...{ set: request.name, token, copy, grade, maxPauseMs, maxOutageMs, maxPreparedMs, verify },
    groups: request.groups.map(({ array }) => ({
      ...{
        array,
        name: buildGroupName(`${array}${request.name}`, token),
        mappings: [mapping(array)],
      },
      ...{ copyRate: copy.rate, cleanRate: copy.cleanRate, incremental: false, grainSize: 256 },
    })),
    sources: request.sources.map(({ host, method }) => ({
      host,
      method,
      units: [],
      mounts: [],
      deadlineMs: shape.deadlineMs ?? 30_000,
    })),
    targets: request.targets.map(({ host }) => ({
      ...{ host, keepMapped: false, presentations: [], fileSystems: [] },
      ...(shape.keptGroups === undefined
        ? { synthesis: 'auto' as const, volumeGroups: [] }
        : {
            synthesis: 'keep' as const,
            volumeGroups: shape.keptGroups.map((name) => ({
              name,
              sourceName: name,
              sourceUuid: 'u1',
              disks: [],
            })),
          }),
      release: { mounts: [], volumeGroups: [], uids: [] },
    })),
    ...{ lines: ['one line'], losses: [], hash: 'h1' },
  };
}
