#!/bin/sh
# Last step of the image build ($1 is the tree): what a lab guest must and must not do at boot. Changes nothing of LVM, multipath or logind.
set -eu
tree=$1
here=$(dirname "$0")

for script in lab-boot lab-apply-seed lab-seed; do
  install -m 755 "$here/$script.sh" "$tree/usr/local/sbin/$script"
done
install -m 644 "$here"/*.service "$tree/etc/systemd/system/"
install -m 644 "$here/sshd.conf" "$tree/etc/ssh/sshd_config.d/lab.conf"
install -m 644 "$here/multipath.conf" "$tree/etc/multipath.conf"
mkdir -p "$tree/etc/systemd/journald.conf.d" "$tree/etc/modules-load.d"
printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=16M\n' >"$tree/etc/systemd/journald.conf.d/lab.conf"
# The rest a guest would load at its first disk and its first mount, a second and a half in the middle of a copy.
printf '%s\n' iscsi_tcp dm_multipath dm_service_time sg xfs >"$tree/etc/modules-load.d/lab.conf"
printf '/dev/vda / ext4 noatime 0 0\n' >"$tree/etc/fstab"
printf 'warm\n' >"$tree/etc/hostname"
# Replaced by the guest's own before anybody can log in (there is no authorized key yet).
rm -f "$tree"/etc/ssh/ssh_host_*_key*
ssh-keygen -q -t ed25519 -N '' -C warm -f "$tree/etc/ssh/ssh_host_ed25519_key"
tr -d - </proc/sys/kernel/random/uuid >"$tree/etc/machine-id"

# iscsid reads its initiator name once, so it waits for a guest that has one.
rm -f "$tree/etc/iscsi/initiatorname.iscsi"
mkdir -p "$tree/etc/systemd/system/iscsid.service.d"
printf '[Unit]\nConditionPathExists=/etc/iscsi/initiatorname.iscsi\n' >"$tree/etc/systemd/system/iscsid.service.d/lab.conf"
chroot "$tree" systemctl enable iscsid.service lab-boot.service lab-seed.service multipathd.service
# open-iscsi logs in to every recorded node at boot; in this SAN most are refused until the array maps a volume.
chroot "$tree" systemctl disable iscsid.socket open-iscsi.service
# Names by serial number that nothing here uses: seven processes for each path that appears.
for rules in 55-scsi-sg3_id 58-scsi-sg3_symlink; do ln -s /dev/null "$tree/etc/udev/rules.d/$rules.rules"; done
# A message nobody reads, made anew at every login.
sed -i '/pam_motd/d' "$tree/etc/pam.d/sshd"
while read -r unit; do
  chroot "$tree" systemctl mask --quiet "$unit"
done <"$here/masked-units.txt"

# A small initramfs: only what the root disk needs.
printf 'MODULES=list\nCOMPRESS=gzip\n' >"$tree/etc/initramfs-tools/conf.d/lab.conf"
printf 'virtio_pci\nvirtio_blk\nvirtio_net\next4\n' >"$tree/etc/initramfs-tools/modules"
chroot "$tree" update-initramfs -u -k all
