// Words of tgt's admin tool: one call per change, and its listing read into values. Knows nothing of arrays.
import { execa } from 'execa';

export interface ShownSession {
  id: string;
  initiator: string;
  connections: string[];
}

export interface ShownTarget {
  id: number;
  hasDisk: boolean;
  sessions: ShownSession[];
  allowed: string[];
}

export type Tgtadm = ReturnType<typeof tgtadm>;

/** `true` is an option without a value. */
export type TgtOptionValues = Readonly<Record<string, string | number | true>>;

export function tgtadmArguments(
  controlPort: number,
  what: readonly [mode: string, op: string],
  values: TgtOptionValues,
) {
  const [mode, op] = what;
  const flags = Object.entries(values).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  return ['-C', String(controlPort), '--lld', 'iscsi', '--mode', mode, '--op', op, ...flags];
}

/** `controlPort` picks one of several tgtd on a machine. */
export function tgtadm(controlPort: number) {
  const call = async (mode: string, op: string, values: TgtOptionValues = {}) =>
    (await execa('tgtadm', tgtadmArguments(controlPort, [mode, op], values))).stdout;
  return { call, targets: async () => readTargets(await call('target', 'show')) };
}

export function readTargets(listing: string): Map<number, ShownTarget> {
  const targets = listing.split(/^(?=Target \d+:)/m).flatMap((block) => {
    const id = /^Target (\d+):/.exec(block)?.[1];
    return id === undefined ? [] : [readTarget(Number(id), block)];
  });
  return new Map(targets.map((target) => [target.id, target]));
}

function readTarget(id: number, block: string): ShownTarget {
  const [beforeAcl = '', afterAcl = ''] = block.split(/^ {4}ACL information:$/m);
  const sessions = beforeAcl.split(/^ {8}(?=I_T nexus: )/m).slice(1);
  return {
    id,
    // LUN 0 is tgt's own controller; the volume is LUN 1.
    hasDisk: /^ {8}LUN: 1$/m.test(beforeAcl),
    sessions: sessions.map((session) => ({
      id: /^I_T nexus: (\d+)/.exec(session)?.[1] ?? '',
      initiator: /Initiator: (\S+)/.exec(session)?.[1] ?? '',
      connections: [...session.matchAll(/Connection: (\d+)/g)].map((match) => match[1] ?? ''),
    })),
    allowed: afterAcl.split('\n').flatMap((line) => line.trim() || []),
  };
}
