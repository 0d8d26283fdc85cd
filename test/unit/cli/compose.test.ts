// The form of docker-compose.yml and of the files it mounts: no container engine runs here, so what can be read is checked.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseInventory } from '../../../src/config/inventory.js';
import { parseSimulatorConfig } from '../../../src/simulator/config.js';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = parse(text) as {
  services: Readonly<Record<string, Service>>;
  volumes: object;
  networks: object;
};
const { services } = compose;
const dockerfile = readFileSync('Dockerfile', 'utf8');
const inventory = parseInventory(parse(readFileSync('config/inventory.yaml', 'utf8')), {
  baseDir: 'config',
});
const simulator = parseSimulatorConfig(parse(readFileSync('config/simulator.yaml', 'utf8')));

describe('docker-compose.yml', () => {
  it('holds server, database, UI, worker and simulator', () => {
    expect(Object.keys(services).sort()).toEqual([
      'postgresql',
      'simulator',
      'temporal',
      'ui',
      'worker',
    ]);
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
    for (const from of dockerfile.matchAll(/^FROM (\S+)/gm))
      expect(from[1]).toMatch(/:\d+\.\d+\.\d+/);
  });

  it('carries the version of the package, and copies only files that exist and are sent to the builder', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    for (const name of ['worker', 'simulator'])
      expect(services[name]?.image).toBe(`temporal-flashcopy:${version}`);
    const sent = readFileSync('.dockerignore', 'utf8').match(/(?<=^!).+/gm) ?? [];
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, files = '']) => files.split(' '),
    );
    expect(copied.length).toBeGreaterThan(3);
    for (const file of copied) {
      expect(existsSync(file), file).toBe(true);
      expect(sent, file).toContain(file);
    }
  });

  it('mounts files that are there: every path in a command is in the folder config', () => {
    for (const { command = [], healthcheck, volumes = [] } of [
      services['worker'],
      services['simulator'],
    ].map((s) => s ?? {})) {
      expect(volumes).toContain('${FLASHCOPY_CONFIG:-./config}:/etc/flashcopy:ro');
      const named = [...command, ...(healthcheck?.test ?? [])].filter((word) =>
        word.startsWith('/etc/flashcopy/'),
      );
      expect(named.length).toBeGreaterThan(0);
      for (const file of named)
        expect(existsSync(path.join('config', path.basename(file))), file).toBe(true);
    }
  });

  it('gives the worker the address, the user and the password of the simulator it brings', () => {
    const { 'svc-lab': array } = inventory.arrays as Record<
      string,
      { address: string; user: string; passwordEnv: string }
    >;
    const port = /:(\d+)$/.exec(
      services['simulator']?.command?.[services['simulator'].command.indexOf('--ssh') + 1] ?? '',
    )?.[1];
    expect(array?.address).toBe(`simulator:${port}`);
    const user = simulator.users.find(({ name }) => name === array?.user);
    expect(services['worker']?.environment?.[array?.passwordEnv ?? '']).toBe(
      `\${${array?.passwordEnv}:-${user?.password}}`,
    );
    expect(simulator.system.name).toBe('svc-lab');
  });

  it('names no folder of one machine and no secret', () => {
    expect(text).not.toMatch(/['"\s](\/home|\/root|\/work|\/Users)\//);
    expect(text).not.toMatch(/PASSWORD: ['"]?\w|PRIVATE KEY/);
  });
});
