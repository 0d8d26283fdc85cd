# shellcheck shell=sh
# Life of a hold: opened by a holder with its watchdog twin beside it, ended once, by whoever comes first. One directory per run:
# table, units, method, deadline, generation, holder.pid, watch.pid, life (fifo), began, quiesced, still, given, broken, inflight, ended.

# Pid of this very (sub)shell, without a fork.
read_self() { read -r self _ </proc/self/stat; }

# hold_open RUN METHOD DEADLINE_MS ORDER...: state saved, file systems locked, twin alive, fd 8 is the sign of life.
hold_open() {
  run=$1 method=$2
  _lease=$3
  shift 3
  if hold_find "$run"; then
    generation=''
    [ -e "$dir/ended" ] || give_back 'armed again' || fail GIVE_BACK_FAILED "an earlier hold of $run could not be given back"
    rm -rf "$dir"
  fi
  dir=$state/runs/$run
  mkdir -p "$dir"
  trap 'unlock_all; rm -rf "$dir"' EXIT
  read_self
  read_uptime
  echo "$self" >"$dir/holder.pid"
  echo "$self.$uptime_ms" >"$dir/generation"
  echo "$method" >"$dir/method"
  echo $((uptime_ms + _lease)) >"$dir/deadline"
  hold_save "$@"
  lock_all
  mkfifo "$dir/life"
  exec 8<>"$dir/life"
  start_watch
  trap - EXIT
  find "$state/runs" -mindepth 1 -maxdepth 1 -mmin +1440 | while read -r _old; do [ -e "$_old/ended" ] && rm -rf "$_old"; done
}

start_watch() {
  read -r _generation <"$dir/generation"
  in_own_unit "flashcopy-watch-$run-$_generation" -p Restart=on-failure -p RestartSec=100ms -p StartLimitIntervalSec=0 -- \
    watch "$run" "$_generation" >&2
  _tries=0
  until alive "$dir/watch.pid"; do
    _tries=$((_tries + 1))
    [ "$_tries" -lt 100 ] || fail WATCH_NOT_STARTED "the watchdog of $run did not start"
    nap
  done
}

# Marks the hold as ended; after this nobody gives back again.
hold_end() {
  : >"$dir/ended"
  unlock_all
  rm -rf "$keep/runs/$run"
}

# Runs a command that may hang in the kernel, its pid on record: who gives back must wait for it, or it takes effect afterwards.
watched() {
  "$@" 7>&- 8>&- &
  echo $! >>"$dir/inflight"
  wait $!
}

wait_inflight() {
  [ -e "$dir/inflight" ] || return 0
  while read -r _pid; do
    _starting=0
    while in_table "$_pid" && may_take_effect "$_comm"; do nap; done
  done <"$dir/inflight"
}

# A fork that has not become its tool yet still bears the shell's name: it gets a second to do so. Longer, and the number is somebody else's.
may_take_effect() {
  case $1 in
    '(fsfreeze)' | '(umount)' | '(mount)' | '(systemctl)') return 0 ;;
    '(sh)' | '(dash)' | '(ash)' | '(bash)' | '(busybox)')
      _starting=$((_starting + 1))
      [ "$_starting" -le 10 ]
      ;;
    *) return 1 ;;
  esac
}

# Ends the holder, unless that is this process. KILL: its own way of giving back would wait for ours.
dismiss_holder() {
  read_self
  read -r _holder 2>/dev/null <"$dir/holder.pid" || return 0
  [ "$_holder" = "$self" ] && return 0
  while alive "$dir/holder.pid"; do
    kill -KILL "$_holder" 2>/dev/null
    nap
  done
}

# give_back REASON: thaws, or mounts again and starts units. Idempotent; REASON becomes `broken` when nothing else was said before.
# With generation set (the twin), only for the hold it was born with. False when something could not be given back.
give_back() {
  [ -e "$dir/ended" ] && return 0
  exec 7>"$dir/lock" || return 1
  flock 7
  if [ -e "$dir/ended" ] || ! same_generation; then
    exec 7>&-
    return 0
  fi
  dismiss_holder
  dismiss_workers
  wait_inflight
  read -r method <"$dir/method"
  broken=$1 unthawed=''
  case $method in
    quiesce)
      # shellcheck disable=SC2046 # mount points hold no blanks: checked before
      thaw_all $(mount_points)
      ;;
    unmount) mount_again || unthawed=$not_given ;;
  esac
  if [ -n "$unthawed" ]; then
    echo "$unthawed" >"$dir/failed-to-give-back"
    exec 7>&-
    return 1
  fi
  read_clock
  echo "$now_ms" >"$dir/given"
  [ -e "$dir/broken" ] || echo "$broken" >"$dir/broken"
  hold_end
  exec 7>&-
}

same_generation() {
  [ -z "${generation:-}" ] && return 0
  read -r _now <"$dir/generation" && [ "$_now" = "$generation" ]
}

# `pause METHOD BEGAN QUIESCED GIVEN BROKEN STILL_UNTIL`, or nothing when nothing had begun. Never still: quiesced is the moment it was given back.
hold_report() {
  [ -e "$dir/began" ] && [ -e "$dir/given" ] || return 0
  read -r _method <"$dir/method"
  read -r _began <"$dir/began"
  read -r _given <"$dir/given"
  _broken=''
  [ -e "$dir/broken" ] && read -r _broken <"$dir/broken"
  _quiesced=$_given
  if [ -e "$dir/at-quiesced" ] && [ ! -e "$dir/quiesced" ]; then
    read_mark "$dir/at-quiesced"
    echo "$now_ms" >"$dir/quiesced"
  fi
  if [ -e "$dir/quiesced" ]; then read -r _quiesced <"$dir/quiesced"; else _broken=${_broken:-never stood still}; fi
  # The kernel stamps files with the time of its last tick, a few ms ago.
  [ "$_quiesced" -ge "$_began" ] || _quiesced=$_began
  [ "$_given" -ge "$_quiesced" ] || _given=$_quiesced
  _still=''
  [ -e "$dir/still" ] && read -r _still <"$dir/still"
  say pause "$_method" "$_began" "$_quiesced" "$_given" "$_broken" "$_still"
  [ -e "$dir/appeared" ] && while read -r _file; do say appeared "$_file"; done <"$dir/appeared"
  return 0
}

# give-back RUN: from any connection, also when holder and twin are dead, also when nothing was armed (then a late take-down is refused).
cmd_give_back() {
  if ! hold_find "$1"; then
    mkdir -p "$state/runs/$1"
    : >"$state/runs/$1/ended"
    return 0
  fi
  broken=''
  [ -e "$dir/ended" ] || judge_before_end
  give_back "$broken" || fail GIVE_BACK_FAILED "$(cat "$dir/failed-to-give-back")"
  hold_report
}

# For the unmount method this is the ordinary end: unbroken when the hold still stands. A quiesce is attested by its own holder.
judge_before_end() {
  read -r method <"$dir/method"
  broken='given back before it was attested'
  if [ "$method" = unmount ] && [ -e "$dir/down" ]; then
    broken=''
    probe_hold
  fi
}

# attest RUN: `attest BROKEN LEASE_MS`. A probe, never a memory.
cmd_attest() {
  hold_find "$1" || {
    say attest 'nothing is armed' 0
    return 0
  }
  deadline=0 broken=''
  deadline_of "$dir"
  if [ -e "$dir/ended" ]; then
    [ -e "$dir/broken" ] && read -r broken <"$dir/broken"
    broken=${broken:-was given back}
  else
    probe_hold
  fi
  read_uptime
  say attest "$broken" $((deadline > uptime_ms ? deadline - uptime_ms : 0))
}

probe_hold() {
  read -r method <"$dir/method"
  alive "$dir/holder.pid" || broken='holder is gone'
  alive "$dir/watch.pid" || broken=${broken:-watchdog is gone}
  each_mount "probe_$method"
  [ -n "$broken" ] && [ "$method" = quiesce ] && give_back "$broken"
  return 0
}

probe_quiesce() {
  if line=$(fsfreeze -f "$point" 2>&1); then
    broken="$point had been thawed by somebody else"
  else
    case $line in *[Bb]usy*) ;; *) broken=$line ;; esac
  fi
}

probe_unmount() {
  free_to_hold "$device" && broken="$device is no longer held"
  mount_at "$point" && [ "$found_dev" = "$number" ] && broken="$point is mounted"
  return 0
}
