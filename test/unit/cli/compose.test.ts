// The form of docker-compose.yml: no container engine runs here, so what can be read is checked.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const text = readFileSync('docker-compose.yml', 'utf8');
const { services } = parse(text) as { services: Readonly<Record<string, Service>> };
const dockerfile = readFileSync('Dockerfile', 'utf8');

describe('docker-compose.yml', () => {
  it('holds server, database, UI, worker and simulator', () => {
    expect(Object.keys(services).sort()).toEqual(['postgresql', 'simulator', 'temporal', 'ui', 'worker']);
  });

  it.each(Object.entries(services))(
    '%s has a pinned image, a health check, and waits for healthy services',
    (_, service) => {
      expect(service.image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
      expect(service.healthcheck?.test.length).toBeGreaterThan(1);
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(services).toHaveProperty(name);
        expect(condition).toBe('service_healthy');
      }
    },
  );

  it('builds worker and simulator from the Dockerfile, with commands the command line has', () => {
    for (const name of ['worker', 'simulator']) {
      expect(services[name]?.build).toBe('.');
      expect(services[name]?.command?.[0]).toBe(name);
    }
    expect(services['worker']?.depends_on).toMatchObject({ temporal: {}, simulator: {} });
    expect(dockerfile).toMatch(/ENTRYPOINT \["node", "dist\/cli\/main\.js"\]/);
    expect(dockerfile).toMatch(/^USER node$/m);
    for (const from of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(from[1]).toMatch(/:\d+\.\d+\.\d+/);
  });

  it('names no folder of one machine and no secret', () => {
    expect(text).not.toMatch(/['"\s](\/home|\/root|\/work|\/Users)\//);
    expect(text).not.toMatch(/PASSWORD:|PRIVATE KEY/);
  });
});
