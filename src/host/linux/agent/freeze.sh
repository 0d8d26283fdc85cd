# shellcheck shell=sh
# Freeze (f) and thaw (u), many at a time: by fsfreeze, or, where perl is there, by one waiting process per file system. Inside the pause a
# program to load costs more than the freeze itself.
workers='' pids='' asked=0

# ask f|u N POINT: begins; `answers` tells the end. N is the point's place in the order, the same each time.
ask() {
  if [ -n "$workers" ]; then
    echo "$1" >"$dir/ask.$2"
    asked=$((asked + 1))
    return 0
  fi
  fsfreeze "-$1" "$3" 2>"$dir/said.$2" 7>&- 8>&- &
  echo $! >>"$dir/inflight"
  pids="$pids $!:$2:$3"
}

# answers HANDLER: waits for everything asked and calls HANDLER POINT ok|TEXT for each.
answers() {
  while [ "$asked" -gt 0 ]; do
    IFS=$tab read -r _where _said <&4
    asked=$((asked - 1))
    "$1" "$_where" "$_said"
  done
  _pids=$pids pids=''
  for _entry in $_pids; do
    _rest=${_entry#*:} _said=ok
    wait "${_entry%%:*}" || read -r _said <"$dir/said.${_rest%%:*}" || _said='fsfreeze failed'
    "$1" "${_rest#*:}" "$_said"
  done
  return 0
}

# One perl for each point: it has the file system open and waits for a letter. Only inside a unit, whose end takes them along.
start_workers() {
  has perl && [ -n "${INVOCATION_ID:-}" ] || return 0
  mkfifo "$dir/told"
  exec 4<>"$dir/told"
  n=0 _failed=''
  : >"$dir/workers"
  for point in "$@"; do
    n=$((n + 1))
    mkfifo "$dir/ask.$n"
    (perl -e "$worker_program" "$point" "$dir/ask.$n" "$dir/told" || echo "$point${tab}failed" >"$dir/told") >/dev/null 2>&1 8>&- 4>&- &
  done
  for point in "$@"; do
    IFS=$tab read -r _ _said <&4
    case $_said in [0-9]*) echo "$_said" >>"$dir/workers" ;; *) _failed=1 ;; esac
  done
  if [ -n "$_failed" ]; then dismiss_workers; else workers=yes; fi
}

# FIFREEZE and FITHAW are the same numbers on every Linux.
# shellcheck disable=SC2016 # perl
worker_program='
  my ($point, $ask, $told) = @ARGV;
  sysopen(my $fs, $point, 0) or exit 1;
  open(my $in, "+<", $ask) or exit 1;
  open(my $out, "+<", $told) or exit 1;
  my %request = (f => 0xC0045877, u => 0xC0045878);
  syswrite $out, "$point\t$$\n";
  while (my $letter = <$in>) {
    chomp $letter;
    my $said = ioctl($fs, $request{$letter}, 0) ? "ok" : "$!";
    syswrite $out, "$point\t$said\n";
  }'

# Ends them, one in the middle of a freeze included: that ends when the freeze does, and then is no longer a danger.
dismiss_workers() {
  workers='' asked=0
  [ -e "$dir/workers" ] || return 0
  while read -r _pid; do
    while in_table "$_pid" && [ "$_comm" = '(perl)' ]; do
      kill -KILL "$_pid" 2>/dev/null
      nap
    done
  done <"$dir/workers"
}

# Sets _comm of a process that is more than a zombie.
in_table() {
  read -r _ _comm _state _ 2>/dev/null <"$proc/$1/stat" && [ "$_state" != Z ]
}
