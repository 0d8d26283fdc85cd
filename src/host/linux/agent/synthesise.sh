# shellcheck shell=sh
# New identities for copies, each read back: several of these tools answer 0 when they refuse. Everything may be repeated.

# new-group RUN auto|keep NAME SOURCE_UUID UID...: `record LAYER DEVICE WAS NOW`, then the group is active.
cmd_new_group() {
  run=$1 mode=$2 name=$3 source_uuid=$4 nodes=''
  shift 4
  for uid in "$@"; do
    disk_of "$uid" || fail DISK_NOT_FOUND "$uid is not there"
    nodes="$nodes $node"
  done
  if [ "$mode" = auto ]; then
    read_group
    if [ "$group_name" != "$name" ] || [ "$group_uuid" = "$source_uuid" ]; then import_group "$@"; fi
  fi
  vgchange -ay "$name" >&2 || fail NOT_ACTIVATED "vgchange -ay $name failed"
  has udevadm && udevadm settle --timeout=30
  return 0
}

# Sets group_name, group_uuid and pv_uuids as they stand on these disks alone.
read_group() {
  # shellcheck disable=SC2086,SC2046
  set -- $(lvm_only pvs "$nodes" --noheadings -o vg_name,vg_uuid $nodes | sort -u)
  [ $# -eq 2 ] || fail NO_VOLUME_GROUP "no single volume group on$nodes: $*"
  group_name=$1 group_uuid=$2
  # shellcheck disable=SC2086
  pv_uuids=$(lvm_only pvs "$nodes" --noheadings -o pv_uuid $nodes)
}

import_group() {
  # udev may have activated it after it was found; LVM refuses to rename what is active.
  for uid in "$@"; do disk_of "$uid" && keep_inactive; done
  _was=$group_uuid _pvs_were=$pv_uuids
  refuse_taken_name
  _import=
  [ -e /etc/lvm/devices/system.devices ] && _import=--importdevices
  # shellcheck disable=SC2086
  vgimportclone $_import -n "$name" $nodes >&2 || fail SYNTHESIS_REFUSED "vgimportclone -n $name failed"
  read_group
  [ "$group_name" = "$name" ] || fail SYNTHESIS_REFUSED "the group is called $group_name, not $name"
  [ "$group_uuid" != "$_was" ] || fail SYNTHESIS_REFUSED "$name still has the UUID $_was"
  for _pv in $_pvs_were; do
    case " $(one_line "$pv_uuids") " in *" $_pv "*) fail SYNTHESIS_REFUSED "a disk of $name still has the PV UUID $_pv" ;; esac
  done
  say record lvm "$name" "$_was" "$group_uuid"
}

refuse_taken_name() {
  if [ "$group_name" != "$name" ] && vgs "$name" >/dev/null 2>&1; then fail NAME_TAKEN "volume group $name exists on this host"; fi
}

# Sets device for a name `uid:UID` or a path; device must be there.
resolve() {
  device=$1
  case $1 in
    uid:*)
      disk_of "${1#uid:}" || fail DISK_NOT_FOUND "${1#uid:} is not there"
      device=$node
      ;;
  esac
  [ -b "$device" ] || fail DISK_NOT_FOUND "$device is no block device"
}

# The UUID as it stands on the device, not as udev remembers it.
uuid_of() { blkid -p -s UUID -o value "$1" 2>/dev/null; }

# new-file-system RUN FSTYPE SOURCE_UUID DEVICE: `record FSTYPE DEVICE WAS NOW`; nothing when it has been done.
cmd_new_file_system() {
  run=$1 fs=$2 source_uuid=$3
  resolve "$4"
  _was=$(uuid_of "$device") || fail NO_FILE_SYSTEM "$device holds no file system"
  [ "$_was" = "$source_uuid" ] || return 0
  make_clean
  give_uuid ''
  _now=$(uuid_of "$device")
  [ -n "$_now" ] && [ "$_now" != "$_was" ] || fail SYNTHESIS_REFUSED "$device still has the UUID $_was"
  say record "$fs" "$device" "$_was" "$_now"
}

# Its log replayed or the file system checked: the tools below refuse anything else.
make_clean() {
  device_number "$device"
  unmount_private
  case $fs in
    xfs) replay_log -o nouuid,nosuid,nodev,noexec ;;
    ext4 | ext3)
      e2fsck -f -y "$device" >&2
      [ $? -le 1 ] || fail FILE_SYSTEM_DAMAGED "e2fsck found more than it could mend on $device"
      ;;
    *) fail UNKNOWN_LAYER "no new identity for $fs" ;;
  esac
}

# give_uuid UUID; '' for any new one. What came of it is read back: xfs_admin answers 0 when it refuses.
give_uuid() {
  case $fs in
    xfs) xfs_admin -U "${1:-generate}" "$device" >&2 ;;
    *) tune2fs -U "${1:-random}" "$device" </dev/null >&2 ;;
  esac
}

# A frozen xfs leaves a dirty log; xfs_admin refuses it (and answers 0). Mounting replays it.
replay_log() {
  mkdir -p "$state/private/$run"
  mount -t "$fs" "$@" "$device" "$state/private/$run" >&2 || fail FILE_SYSTEM_DAMAGED "$device cannot be mounted to replay its log"
  unmount_private
}

unmount_private() {
  while mount_at "$state/private/$run"; do
    umount "$state/private/$run" || fail SYNTHESIS_REFUSED "$state/private/$run cannot be unmounted"
  done
}
