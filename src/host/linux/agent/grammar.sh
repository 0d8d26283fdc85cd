# shellcheck shell=sh
# What each command may be told. Everything is judged before anything is done, by patterns of the shell itself: no fork, no tool sees a word that
# was not judged. A word that does not fit is refused by its place; it is never repeated.

# accept COMMAND WORDS...: returns, or ends with BAD_ORDER.
accept() {
  _order=$1 _place=0
  shift
  [ $# -le 20000 ] || refuse_order 'too many words'
  case $_order in
    job)
      expect key "${1-}" && expect call "${2-}" && expect number "${3-}" && expect job_command "${4-}"
      shift 3
      accept "$@"
      ;;
    run-job)
      expect job_directory "${1-}" && expect job_command "${2-}"
      shift
      accept "$@"
      ;;
    end-job) accept_words key '' "$@" ;;
    arm | hold-still | take-down) accept_hold "$@" ;;
    watch) accept_words 'run generation' '' "$@" ;;
    hold-devices | attest | give-back) accept_words run '' "$@" ;;
    keep-open) accept_words 'ready device' device "$@" ;;
    inspect) accept_words 'role inspected' 'pair' "$@" ;;
    nonce) accept_words 'run nonce' path "$@" ;;
    flush | unmount) accept_words '' path "$@" ;;
    verify) accept_words run path "$@" ;;
    release | prove-released) accept_words 'run kept' pair "$@" ;;
    find) accept_words 'run number' uid "$@" ;;
    new-group) accept_words 'run synthesis group uuid' uid "$@" ;;
    new-file-system) accept_words 'run fstype uuid device' '' "$@" ;;
    former-group) accept_words 'run group uuid' pair "$@" ;;
    former-file-system) accept_words 'run fstype uuid device' label "$@" ;;
    mount) accept_words 'fstype uuid options device path' '' "$@" ;;
    check) accept_words 'fstype device' '' "$@" ;;
    *) refuse_order 'no such command' ;;
  esac
}

# accept_words SHAPES MORE WORDS...: one word for each shape, then any number of shape MORE (`pair`: two words; '': none).
accept_words() {
  _shapes=$1 _more=$2
  shift 2
  for _shape in $_shapes; do
    [ $# -gt 0 ] || refuse_order 'words are missing'
    expect "$_shape" "$1"
    shift
  done
  while [ $# -gt 0 ]; do
    case $_more in
      '') refuse_order 'too many words' ;;
      pair)
        [ $# -ge 2 ] || refuse_order 'words are missing'
        expect_pair "$1" "$2"
        shift
        ;;
      *) expect "$_more" "$1" ;;
    esac
    shift
  done
}

accept_hold() {
  [ $# -ge 3 ] || refuse_order 'words are missing'
  expect run "$1" && expect hold_method "$2" && expect number "$3"
  shift 3
  while [ $# -gt 0 ]; do
    case $1.$# in
      unit.1 | mount.[1-5]) refuse_order 'words are missing' ;;
      unit.*)
        expect unit "$2"
        shift 2
        ;;
      mount.*)
        expect path "$2" && expect device "$3" && expect fstype "$4" && expect options "$5"
        [ -z "$6" ] || expect unit "$6"
        shift 6
        ;;
      *) refuse_order 'neither mount nor unit' ;;
    esac
  done
}

expect_pair() {
  case $1 in
    disk) expect uid "$2" ;;
    pv) expect uuid "$2" ;;
    unit) expect unit "$2" ;;
    mount) expect path "$2" ;;
    group) expect group "$2" ;;
    *) refuse_order 'no such kind of word' ;;
  esac
}

expect() {
  _place=$((_place + 1))
  "is_$1" "$2" || refuse_order "word $_place is no $1"
}

refuse_order() {
  # The name of a command is judged as well: only a plain one is shown.
  case $_order in '' | *[!a-z-]*) _order='?' ;; esac
  fail BAD_ORDER "$_order: $1"
}

# Shapes. LC_ALL=C: ranges are those of ASCII, and lengths are bytes.
is_run() { [ "${#1}" -le 91 ] && case $1 in '' | [!A-Za-z]* | *[!A-Za-z0-9_-]*) return 1 ;; esac; }
is_number() { [ "${#1}" -le 12 ] && case $1 in '' | *[!0-9]* | 0?*) return 1 ;; esac; }
is_key() { [ "${#1}" -eq 16 ] && case $1 in *[!0-9a-f]*) return 1 ;; esac; }
is_call() { [ "${#1}" -le 32 ] && case $1 in '' | *[!a-z0-9]*) return 1 ;; esac; }
is_uid() { [ "${#1}" -eq 32 ] && case $1 in *[!0-9A-Fa-f]*) return 1 ;; esac; }
is_uuid() { [ "${#1}" -le 80 ] && case $1 in -* | *[!A-Za-z0-9-]*) return 1 ;; esac; }
is_fstype() { [ "${#1}" -le 21 ] && case $1 in '' | [!a-z]* | *[!a-z0-9_.]*) return 1 ;; esac; }
is_group() { [ "${#1}" -le 121 ] && case $1 in '' | . | .. | -* | *[!A-Za-z0-9_+.-]*) return 1 ;; esac; }
is_unit() { [ "${#1}" -le 201 ] && case $1 in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9:_.@\\-]*) return 1 ;; esac; }
is_options() { [ "${#1}" -le 4096 ] && case $1 in -* | *[!A-Za-z0-9=,._-]*) return 1 ;; esac; }
is_path() {
  [ "${#1}" -le 1024 ] && case $1 in
    [!/]* | '' | *[!A-Za-z0-9._@:+,=/-]* | *//* | */./* | */../* | */. | */..) return 1 ;;
    /) return 0 ;;
    */) return 1 ;;
  esac
}
is_device() {
  case $1 in
    uid:*) is_uid "${1#uid:}" ;;
    /dev/?*) is_path "$1" ;;
    *) return 1 ;;
  esac
}
is_generation() { is_number "${1%%.*}" && is_number "${1#*.}"; }
is_role() { case $1 in source | target) ;; *) return 1 ;; esac; }
is_hold_method() { case $1 in quiesce | unmount) ;; *) return 1 ;; esac; }
is_inspected() { case $1 in quiesce | unmount | keep | none) ;; *) return 1 ;; esac; }
is_nonce() { case $1 in before | after) ;; *) return 1 ;; esac; }
is_kept() { case $1 in keep | unmap) ;; *) return 1 ;; esac; }
is_synthesis() { case $1 in auto | keep) ;; *) return 1 ;; esac; }
is_label() { [ "${#1}" -le 16 ] && case $1 in -* | *[!A-Za-z0-9._-]*) return 1 ;; esac; }
is_job_command() {
  case $1 in
    take-down | give-back | nonce | flush | release | find | new-group | new-file-system | former-group | former-file-system | mount | unmount | check) ;;
    *) return 1 ;;
  esac
}
# Folders of the agent's own, made of words that were judged themselves.
is_job_directory() { case $1 in "$state"/jobs/*) is_key "${1#"$state"/jobs/}" ;; *) return 1 ;; esac; }
is_ready() {
  case $1 in
    "$state"/kept/*/ready)
      _between=${1#"$state"/kept/}
      is_run "${_between%/ready}"
      ;;
    *) return 1 ;;
  esac
}
