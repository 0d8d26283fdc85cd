// Makes the source a host that comes back by itself after a power cut, as a production host does: logs in to its disks, mounts, starts its application.
import type { Guest } from '../../../lab/guest.js';
import { WRITER_UNIT } from '../../../lab/demo/writer.js';

/** The lab's image logs in to nothing at boot: most volumes of its array are refused to a host. */
const LOGIN = `[Unit]
After=iscsid.service multipathd.service
Requires=iscsid.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=-/sbin/iscsiadm -m node --loginall=automatic
ExecStart=/bin/sh -c 'until vgchange -ay vg_data; do sleep 1; done'
[Install]
WantedBy=multi-user.target
`;
const WRITER = `[Unit]
RequiresMountsFor=/data
After=lab-login.service
[Service]
Restart=on-failure
RestartSec=1
`;

export const makeBootable = (guest: Guest) =>
  guest.sh(`
    grep -q ' /data ' /etc/fstab || echo '/dev/vg_data/data /data xfs _netdev,nofail 0 0' >>/etc/fstab
    mkdir -p /etc/systemd/system/${WRITER_UNIT}.d
    cat >/etc/systemd/system/lab-login.service <<'END'
${LOGIN}END
    cat >/etc/systemd/system/${WRITER_UNIT}.d/boot.conf <<'END'
${WRITER}END
    systemctl daemon-reload
    systemctl -q enable lab-login.service 2>&1
    systemctl -q add-wants multi-user.target ${WRITER_UNIT}
    sync`);
