// A small request that is right; tests change what they need.
export const clientRequest = (name: string) => ({
  name,
  array: 'svc1',
  volumes: [{ source: 'db1', target: 'db1c', overwrite: '60000000000000000E00000000050001' }],
  sources: [{ host: 'source1', method: 'quiesce' as const }],
  targets: [{ host: 'backup1', mounts: [{ from: '/data', at: '/backup/data' }] }],
});
