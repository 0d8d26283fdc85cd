// tgt's listing read into values; the text is what tgtadm prints.
import { expect, it } from 'vitest';
import { readTargets, tgtadmArguments } from '../../lab/data-plane/tgtadm.js';
import { uidOf } from '../../lab/data-plane/tgt.js';

const listing = `Target 1: iqn.2026-11.lab.svc:vdisk.0
    System information:
        Driver: iscsi
        State: ready
    I_T nexus information:
        I_T nexus: 3
            Initiator: iqn.1994-05.org.debian:source1 alias: source1
            Connection: 0
                IP Address: 127.0.0.1
        I_T nexus: 4
            Initiator: iqn.1994-05.org.debian:backup1 alias: backup1
            Connection: 0
                IP Address: 127.0.0.1
    LUN information:
        LUN: 0
            Type: controller
        LUN: 1
            Type: disk
    Account information:
    ACL information:
        iqn.1994-05.org.debian:source1
Target 2: iqn.2026-11.lab.svc:vdisk.1
    I_T nexus information:
    LUN information:
        LUN: 0
            Type: controller
    Account information:
    ACL information:
`;

it('reads sessions, disks and permitted initiators', () => {
  const targets = readTargets(listing);
  expect(targets.get(1)).toEqual({
    id: 1,
    hasDisk: true,
    allowed: ['iqn.1994-05.org.debian:source1'],
    sessions: [
      { id: '3', initiator: 'iqn.1994-05.org.debian:source1', connections: ['0'] },
      { id: '4', initiator: 'iqn.1994-05.org.debian:backup1', connections: ['0'] },
    ],
  });
  expect(targets.get(2)).toEqual({ id: 2, hasDisk: false, allowed: [], sessions: [] });
});

it('knows the UID a host will see', () =>
  expect(uidOf(1)).toBe('60000000000000000E00000000020001'));

it('gives an option without a value no empty word, which tgtadm refuses', () => {
  const words = tgtadmArguments(7, ['target', 'delete'], { tid: 9, force: true });
  expect(words).toEqual([
    '-C',
    '7',
    '--lld',
    'iscsi',
    '--mode',
    'target',
    '--op',
    'delete',
    '--tid',
    '9',
    '--force',
  ]);
});
