# shellcheck shell=sh
# Mounts copies where they are wanted, proves it, takes them away again, checks them, and looks for the nonces.

# mount FSTYPE SOURCE_UUID OPTIONS DEVICE POINT: `mounted POINT DEVICE UUID`, as read. Nothing but ro or rw: a copy; more: production as it was.
cmd_mount() {
  fs=$1 source_uuid=$2 options=$3 point=$5
  resolve "$4"
  device_number "$device"
  if mount_at "$point"; then
    [ "$found_dev" = "$number" ] || fail MOUNT_POINT_TAKEN "$point has $found_dev mounted, not $device ($number)"
  else
    (umask 022 && mkdir -p "$point")
    # Same identity as the source (synthesis `keep`): xfs refuses a second one unless told.
    case $options in
      ro | rw) if [ "$fs" = xfs ] && [ "$(uuid_of "$device")" = "$source_uuid" ]; then options=$options,nouuid; fi ;;
    esac
    # What the kernel shows is not always what mount takes: without it production is there, and the comparison says what it lacks.
    mount -t "$fs" -o "$options" "$device" "$point" >&2 ||
      { [ "$options" != "${options%%,*}" ] && mount -t "$fs" -o "${options%%,*}" "$device" "$point" >&2; } ||
      fail MOUNT_FAILED "mount of $device at $point failed"
    mount_at "$point" && [ "$found_dev" = "$number" ] || fail MOUNT_FAILED "$point does not show $device"
  fi
  say mounted "$point" "$device" "$(uuid_of "$device")"
}

# unmount POINT...
cmd_unmount() {
  for point in "$@"; do
    while mount_at "$point"; do
      umount "$point" || fail TARGET_IN_USE "$point cannot be unmounted" "$(users_of "$point")"
    done
  done
}

# check FSTYPE DEVICE: looks, never mends.
cmd_check() {
  fs=$1
  resolve "$2"
  free_to_hold "$device" || fail TARGET_IN_USE "$device is in use, a check needs it unmounted" "$(users_of "$device")"
  case $fs in
    xfs) _said=$(xfs_repair -n "$device" 2>&1) ;;
    ext4 | ext3) _said=$(e2fsck -f -n "$device" 2>&1) ;;
    *) fail UNKNOWN_LAYER "no check for $fs" ;;
  esac || fail FILE_SYSTEM_DAMAGED "$device: $(printf '%s' "$_said" | tail -n 3)"
}

# nonce RUN before|after POINT...: on disk before it answers; those of earlier runs go.
cmd_nonce() {
  run=$1 kind=$2
  shift 2
  for point in "$@"; do
    mount_at "$point" || fail NOT_MOUNTED "$point is not mounted"
    mkdir -p "$point/.flashcopy"
    for _old in "$point"/.flashcopy/*.before "$point"/.flashcopy/*.after; do
      case ${_old##*/} in "$run".*) ;; *) rm -f "$_old" ;; esac
    done
    _file=$point/.flashcopy/$run.$kind
    _why=$({ echo "$run" >"$_file"; } 2>&1) || fail NONCE_NOT_WRITTEN "$_file cannot be written" "$_why"
    _why=$(sync "$_file" "$point/.flashcopy" "$point" 2>&1) || fail NONCE_NOT_WRITTEN "$_file is not on disk" "$_why"
  done
}

# verify RUN POINT...: `nonces POINT BEFORE AFTER`, 1 or 0 each.
cmd_verify() {
  run=$1
  shift
  for point in "$@"; do
    mount_at "$point" || fail NOT_MOUNTED "$point is not mounted"
    say nonces "$point" "$(nonce_there before)" "$(nonce_there after)"
  done
}

nonce_there() {
  read -r _content 2>/dev/null <"$point/.flashcopy/$run.$1" && [ "$_content" = "$run" ] && echo 1 || echo 0
}

# flush POINT...: the long flush, then `dirty BYTES`: what the whole host still has to write. Linux shows no portable number per file system;
# the sum errs on the safe side.
cmd_flush() {
  for point in "$@"; do
    mount_at "$point" || fail NOT_MOUNTED "$point is not mounted"
    sync -f "$point" || fail FLUSH_FAILED "sync -f $point failed"
  done
  _dirty=0
  while read -r _key _amount _; do
    case $_key in Dirty: | Writeback:) _dirty=$((_dirty + _amount)) ;; esac
  done <"$proc/meminfo"
  say dirty $((_dirty * 1024))
}
