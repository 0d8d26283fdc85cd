# shellcheck shell=sh
# Jobs: a command that changes something lives in a unit of its own and leaves its result in a directory, so that a lost connection neither
# ends it nor runs it twice. KEY says what is done, CALL who asks: the same call gets the same result, another call joins what still runs.

job_running() {
  read -r _pid 2>/dev/null <"$1/pid" || return 0 # not yet started: the unit is on its way
  kill -0 "$_pid" 2>/dev/null
}

job_start() { # DIRECTORY COMMAND...
  _dir=$1
  shift
  rm -rf "$_dir"
  mkdir -p "$_dir"
  say "$call" >"$_dir/calls"
  in_own_unit "flashcopy-job-$key-$call" -- run-job "$_dir" "$@" >&2 || fail JOB_NOT_STARTED "systemd-run failed"
}

# job KEY CALL WAIT_SECONDS COMMAND...: starts or joins, waits so long, answers `running` or what the command answered.
cmd_job() {
  key=$1 call=$2 wait=$3
  shift 3
  dir=$state/jobs/$key
  mkdir -p "$state/jobs"
  exec 9>"$state/jobs.lock"
  flock 9
  find "$state/jobs" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} + 2>/dev/null
  if [ -d "$dir" ] && grep -qx "$call" "$dir/calls" 2>/dev/null; then
    # A unit that never wrote its pid or died without a result: what it did is read by running it again (every command may be repeated).
    [ -e "$dir/rc" ] || [ -e "$dir/pid" ] || nap
    [ -e "$dir/rc" ] || job_running "$dir" || job_start "$dir" "$@"
  elif [ -d "$dir" ] && [ ! -e "$dir/rc" ] && job_running "$dir"; then
    say "$call" >>"$dir/calls"
  else
    job_start "$dir" "$@"
  fi
  exec 9>&-
  read_uptime
  _until=$((uptime_ms + wait * 1000))
  while [ ! -e "$dir/rc" ]; do
    read_uptime
    if [ "$uptime_ms" -gt "$_until" ]; then
      say running
      return 0
    fi
    nap
  done
  read -r _rc <"$dir/rc"
  cat "$dir/out"
  [ "$_rc" = 0 ] && return 0
  cat "$dir/err" >&2
  exit "$_rc"
}

# Inside the unit. The result appears at once and whole: rc is moved into place last.
cmd_run_job() {
  dir=$1
  shift
  echo $$ >"$dir/pid"
  (dispatch "$@") >"$dir/out" 2>"$dir/err" </dev/null
  echo $? >"$dir/rc.new"
  mv "$dir/rc.new" "$dir/rc"
}
