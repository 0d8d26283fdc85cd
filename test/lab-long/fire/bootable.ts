// Makes the source a host that comes back by itself after a power cut, as a production host does: logs in to its disks, mounts, starts its application.
import type { Guest } from '../../../lab/guest.js';
import { WRITER_UNIT } from '../../../lab/demo/writer.js';

export const makeBootable = (guest: Guest) =>
  guest.sh(`
    grep -q ' /data ' /etc/fstab || echo '/dev/vg_data/data /data xfs _netdev,nofail 0 0' >>/etc/fstab
    mkdir -p /etc/systemd/system/${WRITER_UNIT}.d
    printf '[Unit]\\nRequiresMountsFor=/data\\nAfter=network-online.target\\n[Service]\\nRestart=on-failure\\n' >/etc/systemd/system/${WRITER_UNIT}.d/boot.conf
    systemctl daemon-reload
    systemctl -q enable open-iscsi.service 2>&1
    systemctl -q add-wants multi-user.target ${WRITER_UNIT}
    sync`);
