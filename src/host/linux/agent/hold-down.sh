# shellcheck shell=sh
# Holder of the unmount method: stops units, unmounts, proves it, blocks the mount points, keeps the devices exclusively open; and the way back.

# take-down RUN METHOD DEADLINE_MS ORDER...: a job. Done once: again means to look whether it still stands.
cmd_take_down() {
  if hold_find "$1"; then
    if [ -e "$dir/ended" ] && [ ! -e "$dir/took-nothing" ]; then fail HOLD_ENDED "run $1 has been given back"; fi
    if [ -e "$dir/down" ]; then
      broken=''
      probe_hold
      [ -z "$broken" ] || fail HOLD_BROKEN "$broken"
      return 0
    fi
  fi
  hold_open "$@"
  trap 'give_back "take-down failed"; : >"$dir/took-nothing"' EXIT
  read_clock
  echo "$now_ms" >"$dir/began"
  save_outside_run
  stop_units
  each_mount refuse_frozen
  each_mount mask_unit
  each_mount unmount_one
  each_mount prove_free
  block_points
  keep_devices
  trap - EXIT
  read_clock
  echo "$now_ms" >"$dir/quiesced"
}

# For a reboot: /run is gone then.
save_outside_run() {
  mkdir -p "$keep/runs/$run"
  set -- table units method deadline generation began
  [ ! -e "$dir/stopped" ] || set -- "$@" stopped
  (cd "$dir" && cp "$@" "$keep/runs/$run/") || fail HOLD_REFUSED "the way back cannot be saved in $keep"
  sync -f "$keep/runs/$run" 2>/dev/null || sync
}

# Only what was running is started again.
stop_units() {
  : >"$dir/stopped"
  while read -r _unit; do
    systemctl is-active --quiet "$_unit" && echo "$_unit" >>"$dir/stopped"
  done <"$dir/units"
  save_outside_run
  while read -r _unit; do
    watched systemctl stop "$_unit" || fail UNIT_NOT_STOPPED "systemctl stop $_unit failed"
    systemctl is-active --quiet "$_unit" && fail UNIT_NOT_STOPPED "$_unit is active again"
  done <"$dir/stopped"
  return 0
}

# Unmounting a frozen file system succeeds and hides it. No flag shows a freeze: a second one answers busy.
refuse_frozen() {
  if _said=$(fsfreeze -f "$point" 2>&1); then
    fsfreeze -u "$point"
    return 0
  fi
  case $_said in *[Bb]usy*) fail FROZEN_BY_OTHER "$point is frozen by somebody else" ;; esac
}

# systemd would mount again behind us when the device shows up.
mask_unit() {
  case $unit in *.mount | *.automount) systemctl mask --runtime --quiet "$unit" >&2 || : ;; esac
}

unmount_one() {
  _tries=0
  while mount_at "$point" && [ "$found_dev" = "$number" ]; do
    watched umount "$point" 2>"$dir/said" && continue
    _tries=$((_tries + 1))
    [ "$_tries" -lt 10 ] || fail UNMOUNT_REFUSED "$(cat "$dir/said")" "$(users_of "$point")"
    nap
  done
}

prove_free() {
  _others=$(other_namespaces "$number")
  [ -z "$_others" ] || fail STILL_MOUNTED "$device is mounted in other namespaces" "$_others"
  # number is of the table here; refuse_used reads it again from the device.
  refuse_used "$device" STILL_IN_USE
}

# What is written below an empty mount point vanishes under the next mount. Points below another one do not exist now.
block_points() {
  mkdir -p "$dir/block"
  _outer=' '
  reversed "$dir/table" >"$dir/table.outer"
  while IFS=$tab read -r point _; do
    _below=
    for _above in $_outer; do case $point in "$_above"/*) _below=1 ;; esac; done
    [ -n "$_below" ] && continue
    _outer="$_outer$point "
    watched mount --bind "$dir/block" "$point" && watched mount -o remount,bind,ro "$point" ||
      fail BLOCK_REFUSED "cannot block $point"
  done <"$dir/table.outer"
}

keep_devices() {
  rm -f "$dir/down"
  in_own_unit "flashcopy-hold-$run-$self" -- hold-devices "$run" >&2
  _tries=0
  until [ -e "$dir/down" ]; do
    _tries=$((_tries + 1))
    [ "$_tries" -lt 100 ] || fail HOLD_REFUSED "the devices could not be held exclusively"
    nap
  done
}

# Becomes the process that keeps the devices open; from now on it is the holder.
cmd_hold_devices() {
  hold_find "$1" || exit 1
  exec 8<>"$dir/life"
  read_self
  echo "$self" >"$dir/holder.pid"
  set --
  while IFS=$tab read -r _ _ device _; do set -- "$@" "$device"; done <"$dir/table"
  open_exclusively "$dir/down" "$@"
}

# Everything back, outermost first, from the saved table. One failure does not stop the others; not_given says what is missing.
mount_again() {
  not_given=''
  reversed "$dir/table" >"$dir/table.outer"
  while IFS=$tab read -r point number device fs vfs super unit; do
    unblock
    mount_back || not_given="$not_given $point: $(cat "$dir/said")"
  done <"$dir/table.outer"
  while IFS=$tab read -r _ _ _ _ _ _ unit; do
    case $unit in *.mount | *.automount) systemctl unmask --runtime --quiet "$unit" >&2 || : ;; esac
  done <"$dir/table"
  [ -n "$not_given" ] && return 1
  start_units
  [ -z "$not_given" ]
}

unblock() {
  while mount_at "$point"; do
    case $found_root in */runs/"$run"/block) ;; *) return 0 ;; esac
    umount "$point" 7>&- || return 0
    find "$point" -mindepth 1 -maxdepth 1 -print >>"$dir/appeared" 2>/dev/null
  done
}

# A reboot may have given the device another number: it is read anew.
mount_back() {
  device_number "$device" || { echo "$device is not there" >"$dir/said"; return 1; }
  mount_at "$point" && [ "$found_dev" = "$number" ] && return 0
  _all=$(printf '%s' "$vfs,$super" | sed 's/,seclabel//g')
  watched mount -t "$fs" -o "$_all" "$device" "$point" 2>"$dir/said" ||
    watched mount -t "$fs" -o "$vfs" "$device" "$point" 2>"$dir/said" || return 1
  mount_at "$point" && [ "$found_dev" = "$number" ]
}

start_units() {
  [ -e "$dir/stopped" ] || return 0
  reversed "$dir/stopped" >"$dir/starting"
  while read -r _unit; do
    systemctl start "$_unit" </dev/null >&2 7>&- && systemctl is-active --quiet "$_unit" ||
      not_given="$not_given $_unit did not start"
  done <"$dir/starting"
}
