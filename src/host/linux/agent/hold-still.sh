# shellcheck shell=sh
# Holder of the quiesce method: freezes on `quiesce`, probes and thaws on `attest-thaw`, gives back when its input ends.
# Between `quiesce` and the answer to `attest-thaw` every fork shows in the application's pause: only fsfreeze is forked there.

# arm ORDER...: becomes the holder, in a unit of its own, on the caller's own input and output.
cmd_arm() {
  if [ -d "$proc/1/root/run/systemd/system" ] && has systemd-run; then
    exec systemd-run --quiet --pipe --collect --unit="flashcopy-hold-$1-$$" -p OOMScoreAdjust=-900 -p KillMode=mixed -- \
      /bin/sh "$agent" "$state" "$keep" hold-still "$@"
  fi
  exec 3<&0
  trap '' HUP
  setsid /bin/sh "$agent" "$state" "$keep" hold-still "$@" <&3 3<&- &
  wait $!
}

cmd_hold_still() {
  hold_open "$@"
  trap '' PIPE HUP
  # Wakes the reading shell at a stop of the unit; the rest follows as for an ended input.
  trap 'give_back "holder was stopped"; exit 0' TERM INT
  # shellcheck disable=SC2046 # mount points hold no blanks: checked before
  set -- $(mount_points)
  began_ms=0 began_uptime=0
  say armed
  while read -r word; do
    case $word in
      quiesce) quiesce "$@" ;;
      attest-thaw) attest_and_thaw "$@" ;;
    esac
  done
  [ -e "$dir/ended" ] || give_back 'arming channel was closed'
}

# Freezes "$@" (deepest first) in parallel; one that has another below it waits for that one.
freeze_all() {
  pids='' going=' ' refused='' still=''
  for point in "$@"; do
    case $going in *" $point/"*) freeze_wait ;; esac
    fsfreeze -f "$point" 2>"$dir/said.${#pids}" 8>&- &
    echo $! >>"$dir/inflight"
    pids="$pids $!:${#pids}:$point" going="$going$point "
  done
  freeze_wait
  [ -z "$refused" ]
}

freeze_wait() {
  for entry in $pids; do
    rest=${entry#*:}
    if wait "${entry%%:*}"; then
      still="$still ${rest#*:}"
    else
      read -r refused <"$dir/said.${rest%%:*}" || refused="${rest#*:}: fsfreeze failed"
    fi
  done
  pids='' going=' '
}

# Inside the pause time is the clock's at its beginning plus the uptime since (10 ms steps): `date` would be a fork more.
pause_clock() {
  read_uptime
  now_ms=$((began_ms + uptime_ms - began_uptime))
}

quiesce() {
  read_clock
  read_uptime
  began_ms=$now_ms began_uptime=$uptime_ms
  echo "$now_ms" >"$dir/began"
  if freeze_all "$@"; then
    : >"$dir/at-quiesced"
    echo quiesced
    read_mark "$dir/at-quiesced"
    echo "$now_ms" >"$dir/quiesced"
  else
    say refused "$(one_line "$refused")"
    give_back "refused: $refused"
  fi
}

# Probe: a second freeze must answer busy. Success means that somebody thawed in between (and is undone by the thaw that follows).
attest_and_thaw() {
  broken='' pids=''
  for point in "$@"; do
    fsfreeze -f "$point" 2>"$dir/said.${#pids}" 8>&- &
    pids="$pids $!:${#pids}:$point"
  done
  for entry in $pids; do
    rest=${entry#*:} line=
    if wait "${entry%%:*}"; then
      broken="${rest#*:} had been thawed by somebody else"
    else
      read -r line <"$dir/said.${rest%%:*}"
      case $line in *[Bb]usy*) ;; *) broken=$line ;; esac
    fi
  done
  : >"$dir/at-still"
  thaw_all "$@"
  : >"$dir/at-given"
  say thawed "$broken"
  read_mark "$dir/at-still"
  echo "$now_ms" >"$dir/still"
  read_mark "$dir/at-given"
  echo "$now_ms" >"$dir/given"
  echo "$broken" >"$dir/broken"
  [ -n "$unthawed" ] || hold_end
  hold_report
}

# Thaws in parallel. Not frozen is no failure of a thaw, but it breaks the quiesce. Sets unthawed to what could not be thawed.
thaw_all() {
  pids='' unthawed=''
  for point in "$@"; do
    fsfreeze -u "$point" 2>"$dir/said.${#pids}" 8>&- 7>&- &
    pids="$pids $!:${#pids}:$point"
  done
  for entry in $pids; do
    rest=${entry#*:} line=
    wait "${entry%%:*}" && continue
    read -r line <"$dir/said.${rest%%:*}"
    case $line in
      *[Ii]'nvalid argument'*) [ -n "$broken" ] || broken="${rest#*:} was not frozen" ;;
      *) unthawed="$unthawed $line" ;;
    esac
  done
}
