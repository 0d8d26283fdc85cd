# shellcheck shell=sh
# Finds disks that were mapped again: log in, rescan, wait for paths and map, compare page 0x83, read the partition table anew, keep LVM off.

# find RUN TIMEOUT_SECONDS UID...
cmd_find() {
  run=$1 limit=$2
  shift 2
  end_kept
  read_uptime
  _until=$((uptime_ms + limit * 1000)) _next=0
  for uid in "$@"; do
    until disk_of "$uid" && whole_disk; do
      read_uptime
      [ "$uptime_ms" -lt "$_until" ] || fail DISK_NOT_FOUND "$uid did not appear (paths: ${paths:-none})"
      if [ "$uptime_ms" -ge "$_next" ]; then
        rescan
        read_uptime
        _next=$((uptime_ms + 5000))
      fi
      nap 0.4
    done
  done
  for uid in "$@"; do
    disk_of "$uid" || fail DISK_NOT_FOUND "$uid went away again"
    compare_identity
    blockdev --rereadpt "$node" 2>/dev/null || :
  done
  has udevadm && udevadm settle --timeout=30
  for uid in "$@"; do
    disk_of "$uid" || fail DISK_NOT_FOUND "$uid went away again"
    keep_inactive
    # shellcheck disable=SC2086
    set_count $paths
    say disk "$uid" "$node" "$count"
  done
}

set_count() { count=$#; }

# With multipath on this host a bare path is a map still to come.
whole_disk() { [ -n "$map" ] || ! [ -e "$proc/1/root/run/multipathd.pid" ] && [ ! -S /run/multipathd.socket ]; }

end_kept() {
  [ -e "$state/kept/$run/ready" ] || return 0
  read -r _pid <"$state/kept/$run/ready"
  while alive "$state/kept/$run/ready"; do
    kill "$_pid"
    nap
  done
  rm -rf "${state:?}/kept/$run"
}

rescan() {
  if has iscsiadm; then
    # Both answer errors for targets that are not ours to see: what counts is the disk.
    iscsiadm -m node --loginall=automatic >/dev/null 2>&1
    iscsiadm -m session --rescan >/dev/null 2>&1
  fi
  for _host in "$sys"/class/fc_host/host*; do
    [ -e "$_host" ] && echo '- - -' >"$sys/class/scsi_host/${_host##*/}/scan"
  done
  return 0
}

# The device itself says who it is: names move, LUNs are used again. A disk may carry several designators; the VDisk's must be among them.
# A path that was lost and comes back says nothing for some seconds.
compare_identity() {
  for _path in $paths; do
    until read_identity "/dev/$_path"; do
      read_uptime
      [ "$uptime_ms" -lt "$_until" ] || fail PATH_SILENT "/dev/$_path, a path of $uid, does not answer"
      nap 0.4
    done
    lower "$(one_line "$_said")"
    _said=$lowered
    lower "$uid"
    case " $_said " in *" $lowered "*) ;; *) fail WRONG_DISK "/dev/$_path says it is $_said, expected $uid" ;; esac
  done
}

# Sets _said to the designators of a path; false when there is no answer.
read_identity() {
  if has sg_inq; then
    _said=$(sg_inq --export --page=0x83 "$1" 2>/dev/null | sed -n 's/^SCSI_IDENT_LUN_NAA[A-Z_]*=//p')
  else
    _said=$(/lib/udev/scsi_id --page=0x83 --whitelisted "--device=$1" 2>/dev/null | sed 's/^3//')
  fi
  [ -n "$_said" ]
}

# udev may have activated the copied volume group on arrival. By what stands on the disk, never by name: the source may be on this host too.
keep_inactive() {
  for _layer in $(stacked_on "$kernel"); do
    case $(dm_uuid "$_layer") in
      LVM-*) dmsetup remove --retry "$(dm_name "$_layer")" >&2 || fail TARGET_IN_USE "$(dm_name "$_layer") on $uid is in use" ;;
      *) ;;
    esac
  done
}
