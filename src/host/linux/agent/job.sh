# shellcheck shell=sh
# Jobs: a command that changes something lives in a unit of its own and leaves its result in a directory, so that a lost connection neither
# ends it nor runs it twice. KEY says what is done, CALL who asks: the same call gets the same result, another call joins what still runs.

job_running() {
  read -r _pid 2>/dev/null <"$1/pid" || return 0 # not yet started: the unit is on its way
  kill -0 "$_pid" 2>/dev/null
}

# A result is there once its line is whole; sets rc.
job_ended() { read -r rc 2>/dev/null <"$1/rc"; }

job_start() { # DIRECTORY COMMAND...
  _dir=$1
  shift
  [ ! -e "$_dir" ] || rm -rf "$_dir"
  mkdir -p "$_dir"
  say "$call" >"$_dir/calls"
  in_own_unit "flashcopy-job-$key-$call" -- run-job "$_dir" "$@" >&2 || fail JOB_NOT_STARTED "systemd-run failed"
}

# True when this call is one of those that asked for the job.
job_asked_by() {
  while read -r _call; do
    [ "$_call" != "$2" ] || return 0
  done 2>/dev/null <"$1/calls"
  return 1
}

# job KEY CALL WAIT_SECONDS COMMAND...: starts or joins, waits so long, answers `running` or what the command answered.
cmd_job() {
  key=$1 call=$2 wait=$3
  shift 3
  dir=$state/jobs/$key
  [ -d "$state/jobs" ] || mkdir -p "$state/jobs"
  exec 9>"$state/jobs.lock"
  flock 9
  if [ -d "$dir" ] && job_asked_by "$dir" "$call"; then
    # A unit that never wrote its pid or died without a result: what it did is read by running it again (every command may be repeated).
    job_ended "$dir" || [ -e "$dir/pid" ] || nap
    job_ended "$dir" || job_running "$dir" || job_start "$dir" "$@"
  elif [ -d "$dir" ] && ! job_ended "$dir" && job_running "$dir"; then
    say "$call" >>"$dir/calls"
  else
    job_start "$dir" "$@"
  fi
  exec 9>&-
  job_ended "$dir" || job_wait "$dir" "$wait"
  job_ended "$dir" || {
    say running
    return 0
  }
  while IFS= read -r _line; do printf '%s\n' "$_line"; done <"$dir/out"
  [ "$rc" = 0 ] && return 0
  cat "$dir/err" >&2
  exit "$rc"
}

# Waits for the end or for SECONDS, whichever comes first, on a fifo of its own: looking again and again would take time from what is waited for.
job_wait() {
  read -r _self _ </proc/self/stat
  mkfifo "$1/waits.$_self" 2>/dev/null
  exec 6<>"$1/waits.$_self"
  job_ended "$1" || timeout "$2" head -n 1 <&6 >/dev/null
  exec 6>&-
}

# end-job KEY: nobody wants its answer any more. Only sent for what changes nothing. Its group is killed, itself and the tool it runs; whoever
# asks for it later starts it anew. A number that somebody else has by now is left alone.
cmd_end_job() {
  dir=$state/jobs/$1
  if [ ! -d "$dir" ] || job_ended "$dir"; then return 0; fi
  [ -e "$dir/pid" ] || nap
  read -r _pid 2>/dev/null <"$dir/pid" || return 0
  case $(tr '\0' ' ' 2>/dev/null <"$proc/$_pid/cmdline") in *" run-job $dir "*) ;; *) return 0 ;; esac
  kill -s TERM -- "-$_pid" 2>/dev/null || return 0
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -s 0 -- "-$_pid" 2>/dev/null || return 0
    nap
  done
}

# Inside the unit. Who waits is told after the result stands.
cmd_run_job() {
  dir=$1
  shift
  echo $$ >"$dir/pid"
  (dispatch "$@") >"$dir/out" 2>"$dir/err" </dev/null
  echo $? >"$dir/rc"
  for _waiting in "$dir"/waits.*; do [ ! -p "$_waiting" ] || echo ended 1<>"$_waiting"; done
  find "$state/jobs" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} + 2>/dev/null
}
