# shellcheck shell=sh
# Lets go of target disks before prepare: unmount, deactivate, flush (now: later it would write old data over the copy), then remove or hold.
# ORDER words: RUN keep|unmap then `mount POINT`, `group VG`, `disk UID`.

cmd_release() {
  read_release_order "$@"
  requeue=''
  trap queue_again EXIT
  stop_queueing
  for uid in $uids; do
    disk_of "$uid" || continue
    each_point_on "$kernel" release_point
  done
  for _group in $groups; do deactivate_group "$_group"; done
  for uid in $uids; do
    disk_of "$uid" || continue
    refuse_stacked
    blockdev --flushbufs "$node" || fail FLUSH_FAILED "blockdev --flushbufs $node failed"
  done
  if [ "$mode" = keep ]; then hold_disks; else remove_disks; fi
  trap - EXIT
}

# Lost paths queue for ever by default (2145): the array taking the disk away in the middle would leave an unmount hanging. What is let go of
# may fail instead; refused, everything is as before.
stop_queueing() {
  for uid in $uids; do
    disk_of "$uid" && [ -n "$map" ] || continue
    case $(dmsetup table "$map" 2>/dev/null) in *queue_if_no_path*) requeue="$requeue $map" ;; esac
    # Its daemon would switch queueing on again with the next path that goes; the kernel is told as well, for there may be no daemon.
    ! has multipathd || multipathd disablequeueing map "$map" >/dev/null 2>&1 || :
    dmsetup message "$map" 0 fail_if_no_path || fail QUEUEING_NOT_OFF "$map keeps queueing lost paths"
  done
}

queue_again() {
  for _map in $requeue; do
    ! has multipathd || multipathd restorequeueing map "$_map" >/dev/null 2>&1 || :
    dmsetup message "$_map" 0 queue_if_no_path
  done
}

read_release_order() {
  run=$1 mode=$2 points='' groups='' uids=''
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      mount) points="$points $2" ;;
      group) groups="$groups $2" ;;
      disk) uids="$uids $2" ;;
      *) fail BAD_ORDER "release: $1" ;;
    esac
    shift 2
  done
}

# Calls COMMAND POINT for every mount of what stands on a kernel device, last mounted first.
each_point_on() {
  for _layer in $(stacked_on "$1") "$1"; do
    read -r _number <"$sys/class/block/$_layer/dev"
    # shellcheck disable=SC2013 # points hold no blanks
    for _point in $(sed -n "s/^[0-9]* [0-9]* $_number [^ ]* \([^ ]*\) .*/\1/p" "$proc/self/mountinfo" | sed -n '1!G;h;$p'); do
      "$2" "$_point" "$_number"
    done
  done
}

# Only mounts the plan names: another one has a user nobody was told of.
release_point() {
  case " $points " in *" $1 "*) ;; *) fail TARGET_IN_USE "$uid is mounted at $1, which is not in the plan" "$(users_of "$1")" ;; esac
  if _said=$(fsfreeze -f "$1" 2>&1); then fsfreeze -u "$1"; else
    case $_said in *[Bb]usy*) fail TARGET_IN_USE "$1 is frozen by somebody" ;; esac
  fi
  umount "$1" || fail TARGET_IN_USE "$1 cannot be unmounted" "$(users_of "$1")"
  _others=$(other_namespaces "$2")
  [ -z "$_others" ] || fail TARGET_IN_USE "$1 is mounted in other namespaces" "$_others"
}

# Never by name alone: every PV of the group must be one of these disks. One that no readable disk of this host carries
# ("[unknown]": half a copy, or a disk gone) is nobody's here; a volume that is open is refused by the kernel all the same.
deactivate_group() {
  _nodes=
  for uid in $uids; do disk_of "$uid" && _nodes="$_nodes $node"; done
  _listed=$(vgs --noheadings -o pv_name "$1" 2>/dev/null) || {
    remove_unreadable "$1"
    return 0
  }
  for _pv in $_listed; do
    case $_pv in /*) is_released "$_pv" || fail TARGET_IN_USE "volume group $1 also lies on $_pv" ;; esac
  done
  vgchange -an "$1" >&2 || fail TARGET_IN_USE "volume group $1 cannot be deactivated"
}

# LVM knows a group by what it reads on the disks. Once the array has taken them away (or overwritten them), only the kernel still knows its
# volumes: each is removed by itself, if it lies on these disks alone. One that is open is refused by the kernel.
remove_unreadable() {
  for uid in $uids; do
    disk_of "$uid" || continue
    for _layer in $(stacked_on "$kernel"); do
      _volume=$(dm_name "$_layer")
      [ "$(dmsetup splitname --noheadings -c -o vg_name "$_volume" 2>/dev/null)" = "$1" ] || continue
      for _below in "$sys/class/block/$_layer"/slaves/*; do
        is_released "/dev/mapper/$(dm_name "${_below##*/}")" || fail TARGET_IN_USE "$_volume also lies on ${_below##*/}"
      done
      dmsetup remove --retry "$_volume" >&2 || fail TARGET_IN_USE "$_volume cannot be removed"
    done
  done
}

is_released() { case " $_nodes " in *" $1 "*) ;; *) return 1 ;; esac }

refuse_stacked() {
  for _layer in $(stacked_on "$kernel"); do
    fail TARGET_IN_USE "$uid carries $(dm_name "$_layer") ($(dm_uuid "$_layer"))"
  done
  held_by_us || refuse_used "$node" TARGET_IN_USE
}

held_by_us() { [ -e "$state/kept/$run/ready" ] && alive "$state/kept/$run/ready"; }

remove_disks() {
  for uid in $uids; do
    disk_of "$uid" || true
    if [ -n "$map" ]; then
      _tries=0
      until multipath -f "$map" >&2; do
        _tries=$((_tries + 1))
        [ "$_tries" -lt 20 ] || fail TARGET_IN_USE "multipath -f $map: map in use" "$(users_of "$node")"
        nap
      done
    fi
    for _path in $paths; do
      blockdev --flushbufs "/dev/$_path" 2>/dev/null
      [ -e "$sys/block/$_path/device/delete" ] && echo 1 >"$sys/block/$_path/device/delete"
    done
  done
  log_out_empty
  return 0
}

# A session without a disk left would try to come back for ever once the array ends it.
log_out_empty() {
  has iscsiadm || return 0
  for _session in "$sys"/class/iscsi_session/session*; do
    [ -e "$_session" ] || continue
    ls -d "$_session"/device/target*/*:*:*:*/block >/dev/null 2>&1 && continue
    iscsiadm -m session -r "${_session##*session}" -u >&2 || :
  done
}

# Still mapped: held exclusively by a process of its own; lost paths fail and do not queue since the release began.
hold_disks() {
  held_by_us && return 0
  mkdir -p "$state/kept/$run"
  rm -f "$state/kept/$run/ready"
  _nodes=
  for uid in $uids; do
    disk_of "$uid" || fail DISK_NOT_FOUND "$uid is to be held, and is not there"
    _nodes="$_nodes $node"
  done
  # shellcheck disable=SC2086
  in_own_unit "flashcopy-kept-$run" -- keep-open "$state/kept/$run/ready" $_nodes >&2
  _tries=0
  until [ -e "$state/kept/$run/ready" ]; do
    _tries=$((_tries + 1))
    [ "$_tries" -lt 100 ] || fail TARGET_IN_USE 'the disks could not be held exclusively'
    nap
  done
}

cmd_keep_open() { open_exclusively "$@"; }

# After unmapping: nothing of these disks is left; with `keep`: the hold stands and holds.
cmd_prove_released() {
  read_release_order "$@"
  for uid in $uids; do
    if [ "$mode" = keep ]; then
      held_by_us || fail NOT_RELEASED "the hold of $uid is gone"
      disk_of "$uid" && ! free_to_hold "$node" || fail NOT_RELEASED "$uid is not held"
    else
      disk_of "$uid" && fail NOT_RELEASED "$uid is still here as $node"
      [ -z "$paths" ] || fail NOT_RELEASED "$uid is still here by paths $paths"
    fi
  done
}
