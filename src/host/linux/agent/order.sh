# shellcheck shell=sh
# What a holder is armed with, saved so that anybody can give back: in /run for the run, outside it for a reboot.
# ORDER words: RUN METHOD DEADLINE_MS then `mount POINT DEVICE FSTYPE OPTIONS UNIT`... deepest first, `unit NAME`... in the order to stop.

# The directory of a run, also after a reboot took the one in /run away.
hold_find() {
  run=$1
  dir=$state/runs/$run
  [ -d "$dir" ] && return 0
  [ -d "$keep/runs/$run" ] || return 1
  mkdir -p "$state/runs"
  cp -R "$keep/runs/$run" "$dir"
}

# Saves mounts (points), table (POINT NUMBER DEVICE FSTYPE VFS_OPTIONS SUPER_OPTIONS UNIT) and units; needs dir. Fails when a mount is not as planned.
hold_save() {
  : >"$dir/table"
  : >"$dir/units"
  while [ $# -gt 0 ]; do
    case $1 in
      mount)
        device_number "$3" || fail MOUNT_CHANGED "$3 is not there"
        refuse_held "$2"
        mount_at "$2" || fail MOUNT_CHANGED "$2 is not mounted"
        [ "$number" = "$found_dev" ] || [ "$4" = btrfs ] || fail MOUNT_CHANGED "$2 is on $found_dev, planned was $3 ($number)"
        refuse_essential "$2"
        say "$2" "$found_dev" "$3" "$found_fs" "$found_opts" "$found_super" "${6:--}" >>"$dir/table"
        shift 6
        ;;
      unit)
        echo "$2" >>"$dir/units"
        shift 2
        ;;
      *) fail BAD_ORDER "order: $1" ;;
    esac
  done
}

# Said before anything about the mount itself: a run that holds it may have unmounted it.
refuse_held() {
  _other=$(readlink "$state/locks/$number") || return 0
  [ "$_other" = "$run" ] || ! lock_is_live "$state/runs/$_other" || fail HELD_BY_OTHER "run $_other holds $1" "$_other"
}

# Freezing these would freeze the agent or the way in.
refuse_essential() {
  _of_point=$(stat -L -c %d "$1")
  # Every path of the list must be read; those that do not exist say so on stderr.
  _essential=$(stat -L -c '%d %n' / "$state" "$keep" /var/log /etc /usr /tmp /root 2>/dev/null)
  while read -r _number _path; do
    [ "$_number" != "$_of_point" ] || fail ESSENTIAL_FILE_SYSTEM "$1 holds $_path"
  done <<END
$_essential
END
}

# Calls COMMAND with the words of every line of the table.
each_mount() {
  while IFS=$tab read -r point number device fs vfs super unit; do
    "$@" || return 1
  done <"$dir/table"
}

# One mount point for each file system: a bind mount shows the same one, which freezes once.
# Without those that somebody else had frozen before us: that freeze is not ours to end.
mount_points() {
  _seen=' '
  while IFS=$tab read -r _point _number _; do
    case $_seen in *" $_number "*) continue ;; esac
    _seen="$_seen$_number "
    grep -qxF "$_point" "$dir/foreign" 2>/dev/null && continue
    printf '%s ' "$_point"
  done <"$dir/table"
}

# Reversed lines of a file (tac is not everywhere).
reversed() { sed -n '1!G;h;$p' "$1"; }

# One lock per file system: a link that names its run. A lock whose run has ended, or was never more than armed and has nobody left, is stale.
lock_one() {
  _lock=$state/locks/$number
  while ! ln -s "$run" "$_lock" 2>/dev/null; do
    _other=$(readlink "$_lock") || continue
    [ "$_other" = "$run" ] && return 0
    if lock_is_live "$state/runs/$_other"; then
      locked_by=$_other locked_at=$point
      return 1
    fi
    rm -f "$_lock"
  done
}

lock_is_live() {
  [ -d "$1" ] && [ ! -e "$1/ended" ] || return 1
  [ -e "$1/began" ] || alive "$1/holder.pid" || alive "$1/watch.pid"
}

lock_all() {
  mkdir -p "$state/locks"
  each_mount lock_one && return 0
  unlock_all
  fail HELD_BY_OTHER "run $locked_by holds $locked_at" "$locked_by"
}

unlock_one() {
  [ "$(readlink "$state/locks/$number")" = "$run" ] && rm -f "$state/locks/$number"
  return 0
}
unlock_all() { each_mount unlock_one; }

# True while the process in a pid file lives and is one of ours (numbers are used again).
alive() {
  read -r _pid 2>/dev/null <"$1" || return 1
  kill -0 "$_pid" 2>/dev/null || return 1
  # Its words stand there without line ends (shells leave out the zero bytes between them), the text of a perl program with.
  while read -r _words || [ -n "$_words" ]; do
    case $_words in *"$state"* | *O_EXCL*) return 0 ;; esac
    _words=''
  done 2>/dev/null <"$proc/$_pid/cmdline"
  return 1
}
