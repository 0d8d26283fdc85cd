# shellcheck shell=sh
# Lists what is held on this host, by whatever run. A read: no lock is taken, nothing is probed, so it answers beside a hold that hangs.

# holds: for each hold that has not ended `hold RUN METHOD LEASE_MS here|kept`, then its `mount POINT DEVICE FSTYPE OPTIONS UNIT`s and `unit NAME`s.
cmd_holds() {
  read_uptime
  for dir in "$state"/runs/*; do
    [ -d "$dir" ] && say_hold "$dir" here
  done
  for dir in "$keep"/runs/*; do
    [ -d "$dir" ] && [ ! -d "$state/runs/${dir##*/}" ] && say_hold "$dir" kept
  done
  return 0
}

# Half made (no method yet) is not yet a hold.
say_hold() {
  [ ! -e "$1/ended" ] && [ -e "$1/method" ] && [ -e "$1/table" ] || return 0
  deadline=$uptime_ms
  read -r _method <"$1/method"
  # Uptime of another boot says nothing.
  [ "$2" = kept ] || deadline_of "$1"
  say hold "${1##*/}" "$_method" $((deadline - uptime_ms)) "$2"
  while IFS=$tab read -r _point _ _device _fs _vfs _ _mount_unit; do
    say mount "$_point" "$_device" "$_fs" "$_vfs" "$_mount_unit"
  done <"$1/table"
  [ -e "$1/units" ] || return 0
  while read -r _name; do say unit "$_name"; done <"$1/units"
}
