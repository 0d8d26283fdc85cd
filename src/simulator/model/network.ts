// Where hosts reach the system: two nodes, an iSCSI address and two Fibre Channel ports each. One place, so that every view agrees.
import { createHash } from 'node:crypto';

export interface FibrePort {
  readonly wwpn: string;
  readonly portId: number;
}

export interface Node {
  readonly id: number;
  readonly name: string;
  readonly wwnn: string;
  readonly iscsiName: string;
  readonly serviceAddress: string;
  readonly iscsiAddress: string;
  readonly fibre: readonly FibrePort[];
}

export interface Network {
  readonly nodes: readonly Node[];
  readonly managementAddresses: readonly string[];
}

/** Default addresses are of the documentation range: nothing on a real network answers there. */
export function networkFor(
  systemName: string,
  iscsiAddresses: readonly string[] = ['192.0.2.11', '192.0.2.12'],
): Network {
  const digest = createHash('sha256').update(systemName).digest('hex').toUpperCase();
  const label = systemName.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
  const node = (id: number): Node => ({
    id,
    name: `node${id}`,
    wwnn: `50050768${digest.slice(0, 6)}0${id}`,
    iscsiName: `iqn.1986-03.com.ibm:2145.${label}.node${id}`,
    serviceAddress: `192.0.2.${100 + id}`,
    iscsiAddress: iscsiAddresses[id - 1] ?? '',
    fibre: [1, 2].map((portId) => ({
      portId,
      wwpn: `500507680${portId}${digest.slice(0, 4)}0${id}`,
    })),
  });
  return { nodes: [node(1), node(2)], managementAddresses: ['192.0.2.10', '192.0.2.20'] };
}
