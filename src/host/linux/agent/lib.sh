# shellcheck shell=sh
# shellcheck disable=SC2015,SC2030,SC2031 # `a && b || fail` is meant: fail when either is false
# First part of the agent: answers as lines `key<TAB>value...`, errors as `error<TAB>CODE<TAB>text`, and reads of kernel tables without a fork.
set -u
LC_ALL=C PATH=${FLASHCOPY_TOOLS:-}${FLASHCOPY_TOOLS:+:}$PATH:/usr/sbin:/sbin:/usr/local/sbin
export LC_ALL PATH
umask 077
# Only tests set these two: the tables of a made-up host.
proc=${FLASHCOPY_PROC:-/proc} sys=${FLASHCOPY_SYS:-/sys}
tab='	'

say() {
  _line=$1
  shift
  for _word in "$@"; do _line=$_line$tab$_word; done
  printf '%s\n' "$_line"
}

# One line of any text: tabs and line ends would break the answer.
one_line() { printf '%s' "$1" | tr '\t\n' '  '; }

# The end of a command that failed: CODE TEXT [DETAIL]
fail() {
  say error "$1" "$(one_line "$2")" "$(one_line "${3:-}")"
  exit 3
}

has() { command -v "$1" >/dev/null 2>&1; }

# Sets found_dev, found_root, found_opts, found_fs, found_super of the topmost mount at POINT; false when nothing is mounted there.
mount_at() {
  found_dev='' found_root='' found_opts='' found_fs='' found_super=''
  while read -r _ _ _dev _root _point _opts _rest; do
    [ "$_point" = "$1" ] || continue
    found_dev=$_dev found_root=$_root found_opts=$_opts
    _rest=${_rest#*- }
    found_fs=${_rest%% *} found_super=${_rest##* }
  done <"$proc/self/mountinfo"
  [ -n "$found_dev" ]
}

# Sets number to major:minor of a block device.
device_number() {
  [ -b "$1" ] || return 1
  _hex=$(stat -L -c '%t %T' "$1" 2>/dev/null) || return 1
  number=$((0x${_hex% *})):$((0x${_hex#* }))
}

# Sets uptime_ms: a clock nobody sets, read without a fork.
read_uptime() {
  read -r _up _ <"$proc/uptime"
  _hundredths=${_up#*.}
  uptime_ms=$((${_up%.*} * 1000 + ${_hundredths#0} * 10))
}

# Sets now_ms. busybox knows no %3N: whole seconds there.
read_clock() {
  now_ms=$(date +%s%3N)
  case $now_ms in *[!0-9]*) now_ms=$(date +%s)000 ;; esac
}

# Sets now_ms to the moment at which a file was last emptied (`: >FILE`): how to note a moment without a fork, and to read it later.
read_mark() {
  now_ms=$(stat -c %.3Y "$1" 2>/dev/null)
  case $now_ms in
    *.???) now_ms=${now_ms%.*}${now_ms#*.} ;;
    *) now_ms=$(stat -c %Y "$1")000 ;;
  esac
}

# A short wait (of SECONDS, else 0.1); busybox may know whole seconds only. Each one is a fork: long waits look seldom, or wait for a line of a fifo.
nap() { sleep "${1:-0.1}" 2>/dev/null || sleep 1; }

# Mount points of a device in other mount namespaces (containers), one line `namespace point` each.
other_namespaces() {
  _own=$(stat -L -c %i "$proc/self/ns/mnt" 2>/dev/null)
  stat -L -c '%i %n' "$proc"/[0-9]*/ns/mnt 2>/dev/null | sort -u -k1,1 | while read -r _ns _path; do
    [ "$_ns" = "$_own" ] && continue
    while read -r _ _ _dev _ _point _; do
      [ "$_dev" = "$1" ] && printf '%s %s\n' "$_ns" "$_point"
    done 2>/dev/null <"${_path%/ns/mnt}/mountinfo"
  done
}

# Who uses a mount point or device: `pid (name)`, separated by commas. For messages only.
users_of() {
  has fuser || return 0
  for _pid in $(fuser -m "$1" 2>/dev/null); do
    printf '%s (%s), ' "$_pid" "$(cat "$proc/$_pid/comm" 2>/dev/null)"
  done
}

# Opens devices exclusively and keeps them open: a shell cannot. READY is made once all are open; ends (1) at the first refusal.
# With READY '' it only tries.
open_exclusively() {
  _ready=$1
  shift
  if has perl; then
    # 0200 is O_EXCL of every Linux an SVC has as a host; the module that knows it takes longer to load than all the rest.
    exec perl -e '
      my $ready = shift; my @open;
      for my $d (@ARGV) { sysopen(my $f, $d, 0200) or die "$d: $!\n"; push @open, $f }
      exit 0 if $ready eq "";
      open(my $r, ">", $ready) or die "$ready: $!\n"; print $r "$$\n"; close $r;
      sleep 3600 while 1' "$_ready" "$@"
  fi
  exec python3 -c '
import os, sys, time
try: kept = [os.open(d, os.O_RDONLY | os.O_EXCL) for d in sys.argv[2:]]
except OSError as e: sys.exit("%s: %s" % (e.filename, e.strerror))
if sys.argv[1] == "": sys.exit(0)
with open(sys.argv[1], "w") as r: r.write("%d\n" % os.getpid())
while True: time.sleep(3600)' "$_ready" "$@"
}

# Waits a little for passing readers (udev), then fails with CODE when anybody uses DEVICE: claims it, or merely has it open for writing.
refuse_used() {
  _device=$1 _tries=0
  device_number "$_device" || fail "$2" "$_device is not there"
  until free_to_hold "$_device" && [ -z "$(openers "$_device")" ] && [ "$(open_count)" = 0 ]; do
    _tries=$((_tries + 1))
    [ "$_tries" -lt 8 ] || fail "$2" "$_device is in use" "$(openers "$_device") $(users_of "$_device") open count $(open_count)"
    nap
  done
}

# Processes that have a device open, `pid (name)` each. An exclusive open does not see them.
openers() {
  # shellcheck disable=SC2012 # find of busybox has no -lname
  ls -l "$proc"/[0-9]*/fd 2>/dev/null | awk -v one="$1" -v other="$(readlink -f "$1")" '
    /^\// { split($0, part, "/"); pid = part[length(part) - 1] }
    / -> / && ($NF == one || $NF == other) { print pid }' | sort -u | while read -r _pid; do
    printf '%s (%s), ' "$_pid" "$(cat "$proc/$_pid/comm" 2>/dev/null)"
  done
}

# The kernel's own users (loop, NFS export) show only here; needs number. Only device-mapper counts.
open_count() {
  dmsetup info -c --noheadings -o open -j "${number%:*}" -m "${number#*:}" 2>/dev/null | grep '^[0-9]*$' || echo 0
}

# True when nothing else (mount, swap, LVM, multipath, another holder) claims DEVICE. Whoever merely has it open for writing is not seen.
free_to_hold() { (open_exclusively '' "$1") 2>/dev/null; }

# Runs `agent COMMAND...` in a transient unit NAME of its own: what belongs to an SSH session ends with it. Options for systemd-run before --.
in_own_unit() {
  _unit=$1
  shift
  _properties=
  while [ "$1" != -- ]; do
    _properties="$_properties $1"
    shift
  done
  shift
  if [ -d "$proc/1/root/run/systemd/system" ] && has systemd-run; then
    # shellcheck disable=SC2086 # options are words of this program
    systemd-run --quiet --collect --unit="$_unit" -p OOMScoreAdjust=-900 $_properties -- \
      /bin/sh "$agent" "$state" "$keep" "$@" </dev/null 7>&- 8>&- 9>&-
  else
    setsid /bin/sh "$agent" "$state" "$keep" "$@" </dev/null >/dev/null 2>&1 7>&- 8>&- 9>&- &
  fi
}
