// How everything else reaches the lab: an ssh configuration for people, an inventory for the product. Host keys are pinned in both.
import { writeFile } from 'node:fs/promises';
import { fingerprint, hostKeyFile, loginKeyFile, publicKey } from './keys.js';
import { inLab } from './paths.js';
import { arrayName, arrayUser, labHosts } from './volumes.js';

export interface Entries {
  ports: Record<string, number>;
  arrayPort: number;
  arrayHostKey: string;
  /** As a line of known_hosts has it: type and key. */
  arrayPublicKey: string;
}

export async function writeEntries(entries: Entries): Promise<void> {
  await Promise.all([writeSshConfig(entries), writeInventory(entries)]);
}

async function writeSshConfig({ ports, arrayPort, arrayPublicKey }: Entries): Promise<void> {
  const known = [`${arrayName} ${arrayPublicKey}`];
  const blocks = [sshHost(arrayName, arrayPort, arrayUser)];
  for (const host of labHosts) {
    known.push(`${host} ${await publicKey(hostKeyFile(host))}`);
    blocks.push(sshHost(host, ports[host], 'root'));
  }
  await writeFile(inLab('known_hosts'), `${known.join('\n')}\n`);
  await writeFile(inLab('ssh_config'), `${blocks.join('\n')}\n`);
}

const sshHost = (name: string, port: number | undefined, user: string) => `Host ${name}
  HostName 127.0.0.1
  Port ${port}
  User ${user}
  HostKeyAlias ${name}
  UserKnownHostsFile "${inLab('known_hosts')}"
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  IdentityFile "${loginKeyFile()}"
  IdentitiesOnly yes
`;

async function writeInventory({ ports, arrayPort, arrayHostKey }: Entries): Promise<void> {
  const reach = (port: number | undefined, user: string, key: string) =>
    `address: 127.0.0.1:${port}, user: ${user}, identityFile: ./id_ed25519, hostKey: "${key}"`;
  const hosts = await Promise.all(
    labHosts.map(async (host) => {
      const key = await fingerprint(hostKeyFile(host));
      return `  ${host}: { kind: linux, ${reach(ports[host], 'root', key)}, arrayHosts: { ${arrayName}: ${host} } }`;
    }),
  );
  const temporal = `address: 127.0.0.1:${ports['temporal']}, namespace: default, taskQueue: flashcopy`;
  const lines = [
    `temporal: { ${temporal}, ui: "http://127.0.0.1:${ports['ui']}" }`,
    'arrays:',
    `  ${arrayName}: { kind: svc, ${reach(arrayPort, arrayUser, arrayHostKey)}, sessions: 6 }`,
    'hosts:',
    ...hosts,
  ];
  await writeFile(inLab('inventory.yaml'), `${lines.join('\n')}\n`);
}
