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
  start_workers "$@"
  say armed
  obey "$@"
  [ -e "$dir/ended" ] || give_back 'arming channel was closed'
}

# Words of the arming channel, until it is closed.
obey() {
  while read -r word; do
    case $word in
      quiesce) quiesce "$@" ;;
      attest-thaw) if [ -e "$dir/ended" ]; then say_ended; else attest_and_thaw "$@"; fi ;;
    esac
  done
}

# A quiesce that was refused has been given back: to probe or thaw now would touch what somebody else froze.
say_ended() {
  broken=''
  [ -e "$dir/broken" ] && read -r broken <"$dir/broken"
  say thawed "${broken:-was given back}"
  hold_report
}

# Freezes "$@" (deepest first) side by side; one that has another below it waits for that one. Sets refused to what did not freeze.
freeze_all() {
  refused='' going=' ' n=0
  for point in "$@"; do
    n=$((n + 1))
    case $going in *" $point/"*) answers note_refused && going=' ' ;; esac
    ask f "$n" "$point"
    going="$going$point "
  done
  answers note_refused
  [ -z "$refused" ]
}
note_refused() {
  [ "$2" = ok ] || refused="$1: $2"
  case $2 in *[Bb]usy*) echo "$1" >>"$dir/foreign" ;; esac
}

# Moments are marked by emptying a file, and read once the pause is over.
quiesce() {
  read_clock
  echo "$now_ms" >"$dir/began"
  if freeze_all "$@"; then
    : >"$dir/at-quiesced"
    echo quiesced
  else
    say refused "$(one_line "$refused")"
    give_back "refused: $refused"
  fi
}

# Probe: a second freeze must answer busy. Success means that somebody thawed in between (and is undone by the thaw that follows).
attest_and_thaw() {
  broken='' n=0
  for point in "$@"; do
    n=$((n + 1))
    ask f "$n" "$point"
  done
  answers note_probe
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

note_probe() {
  case $2 in
    *[Bb]usy*) ;;
    ok) broken="$1 had been thawed by somebody else" ;;
    *) broken="$1: $2" ;;
  esac
}

# Thaws side by side. Not frozen is no failure of a thaw, but it breaks the quiesce. Sets unthawed to what could not be thawed.
thaw_all() {
  unthawed='' n=0
  for point in "$@"; do
    n=$((n + 1))
    ask u "$n" "$point"
  done
  answers note_thaw
}

note_thaw() {
  case $2 in
    ok) ;;
    *[Ii]'nvalid argument'*) [ -n "$broken" ] || broken="$1 was not frozen" ;;
    *) unthawed="$unthawed $1: $2" ;;
  esac
}
