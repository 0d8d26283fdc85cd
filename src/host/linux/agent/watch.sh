# shellcheck shell=sh
# Watchdog twin: gives back when the holder is gone (end of a fifo, no polling) or the deadline has passed. Restarted by systemd when killed itself.

cmd_watch() {
  hold_find "$1" || exit 0
  [ -e "$dir/ended" ] && exit 0
  trap '' HUP PIPE
  echo $$ >"$dir/watch.pid"
  deadline_of "$dir"
  (
    while read_uptime && [ "$uptime_ms" -lt "$deadline" ]; do sleep "$(seconds_until "$deadline")"; done
    until give_back 'deadline passed'; do sleep 1; done
  ) &
  # A twin that was restarted may find the holder dead and nobody left to end the fifo.
  if alive "$dir/holder.pid"; then
    # shellcheck disable=SC2034
    read -r _ <"$dir/life"
  fi
  until give_back 'holder was gone'; do sleep 1; done
}

# A uniform unit of time for sleep of every make: whole seconds, at least one while far, tenths when near.
seconds_until() {
  _left=$(($1 - uptime_ms))
  if [ "$_left" -ge 2000 ]; then
    echo $((_left / 1000))
  else
    echo 0.1
  fi
}

deadline_of() { [ -e "$1/deadline" ] && read -r deadline <"$1/deadline"; }
