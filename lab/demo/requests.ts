// The two requests of the demo: the same set, first by unmount, then by quiesce as an incremental refresh of the same targets.
export interface DemoPair {
  readonly source: string;
  readonly target: string;
  readonly targetUid: string;
}

const base = (pairs: readonly DemoPair[]) => ({
  name: 'demo',
  array: 'svc-lab',
  volumes: pairs.map((pair) => ({
    source: pair.source,
    target: pair.target,
    overwrite: pair.targetUid,
  })),
  targets: [
    {
      host: 'backup1',
      mounts: [{ from: '/data', at: '/backup/data' }],
      volumeGroups: { vg_data: 'vg_backup' },
    },
  ],
  // 512 KiB/s, 8 minutes: the second copy is asked for while the first one still runs in the background, on a slow machine too.
  copy: { incremental: true, rate: 30 },
});

export const byUnmount = (pairs: readonly DemoPair[]) => ({
  ...base(pairs),
  sources: [{ host: 'source1', method: 'unmount' as const, units: ['fc-writer.service'] }],
  grade: 'application' as const,
});

export const byQuiesce = (pairs: readonly DemoPair[]) => ({
  ...base(pairs),
  sources: [{ host: 'source1', method: 'quiesce' as const }],
  grade: 'filesystem' as const,
});
