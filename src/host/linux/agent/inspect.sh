# shellcheck shell=sh
# shellcheck disable=SC2030,SC2031 # rows are said inside the pipe that reads them
# What is there, as rows of facts; what they mean is worked out by the caller. Reads only.
# ORDER words: ROLE METHOD then `disk UID`, `unit NAME`.

cmd_inspect() {
  role=$1 method=$2
  shift 2
  say_tools
  read_multipath
  say_blocks
  say_mounts
  say_lvm
  say_uses
  while [ $# -gt 0 ]; do
    case $1 in
      unit) say_unit "$2" ;;
    esac
    shift 2
  done
  say_essential
  for _lock in "$state"/locks/*; do
    [ -L "$_lock" ] && say lock "${_lock##*/}" "$(readlink "$_lock")"
  done
  return 0
}

say_tools() {
  _needed='findmnt stat sort sed find flock mkfifo timeout head sync date blkid'
  case $role.$method in
    source.quiesce) _needed="$_needed fsfreeze" ;;
    source.unmount) _needed="$_needed fsfreeze mount umount systemctl" ;;
    target.*) _needed="$_needed mount umount blockdev udevadm vgs vgchange vgimportclone dmsetup xfs_admin xfs_repair" ;;
  esac
  for _tool in $_needed; do has "$_tool" || say missing "$_tool"; done
  case $role.$method in
    source.quiesce) ;;
    *) has perl || has python3 || say missing 'perl or python3' ;;
  esac
  has systemd-run || has setsid || say missing 'systemd-run or setsid'
}

# block KERNEL NUMBER BYTES SLAVES PART_OF WWID DM_NAME DM_UUID STATE TYPE UUID; SLAVES with commas. label KERNEL LABEL, where there is one.
say_blocks() {
  for _path in "$sys"/class/block/*; do
    _name=${_path##*/}
    case $_name in loop* | ram* | zram* | sr* | fd*) continue ;; esac
    read -r _number <"$_path/dev"
    read -r _sectors <"$_path/size"
    _slaves=
    for _slave in "$_path"/slaves/*; do [ -e "$_slave" ] && _slaves="$_slaves${_slaves:+,}${_slave##*/}"; done
    _part_of=
    if [ -e "$_path/partition" ]; then
      _part_of=$(readlink -f "$_path/..")
      _part_of=${_part_of##*/}
    fi
    _wwid='' _dm_name='' _dm_uuid='' _state=''
    [ -e "$_path/device/wwid" ] && read -r _wwid 2>/dev/null <"$_path/device/wwid"
    [ -e "$_path/device/state" ] && read -r _state <"$_path/device/state"
    [ -e "$_path/dm/name" ] && read -r _dm_name <"$_path/dm/name"
    [ -e "$_path/dm/uuid" ] && read -r _dm_uuid <"$_path/dm/uuid"
    _type='' _uuid='' _label=''
    read_signature "/dev/$_name"
    say block "$_name" "$_number" $((_sectors * 512)) "$_slaves" "$_part_of" "$_wwid" "$_dm_name" "$_dm_uuid" "$_state" "$_type" "$_uuid"
    [ -z "$_label" ] || say label "$_name" "$(one_line "$_label")"
  done
}

# True when a read of this kernel device can come to an end. A multipath map all of whose paths are lost queues it for ever; what is stacked
# on it needs every device below. A disk whose session is lost may call itself running: multipath's own word counts too.
can_be_read() {
  _below='' _dead='' _alive='' _kind=''
  [ -e "$sys/class/block/$1/dm/uuid" ] && read -r _kind <"$sys/class/block/$1/dm/uuid"
  for _slave in "$sys/class/block/$1"/slaves/*; do
    [ -e "$_slave" ] || continue
    _below=1
    if (can_be_read "${_slave##*/}"); then _alive=1; else _dead=1; fi
  done
  case $_below.$_kind in
    1.mpath-*) [ -n "$_alive" ] && has_active_path "$1" ;;
    1.*) [ -z "$_dead" ] ;;
    *) path_lives "$1" ;;
  esac
}

# The kernel's table of all maps, without I/O, once an inspection: a host may have a thousand.
multipath_table=''
read_multipath() { multipath_table=$(dmsetup status --target multipath 2>/dev/null); }

# `NAME: ... MAJOR:MINOR A` is a path in use, F a failed one. No answer is no reason to say no.
has_active_path() {
  _map=$(dm_name "$1")
  while IFS= read -r _row; do
    case $_row in
      "$_map: "*:[0-9]*' A '*) return 0 ;;
      "$_map: "*) return 1 ;;
    esac
  done <<END
$multipath_table
END
}

path_lives() {
  _path_state=running
  [ -e "$sys/class/block/$1/device/state" ] && read -r _path_state <"$sys/class/block/$1/device/state"
  case $_path_state in running | live) return 0 ;; *) return 1 ;; esac
}

# Sets _type, _uuid and _label from the device itself; a partition table is a type too. A path of a multipath map shows what the map shows: not asked.
read_signature() {
  [ -b "$1" ] && can_be_read "${1##*/}" || return 0
  for _holder in "$sys/class/block/${1##*/}"/holders/*; do
    _holder_uuid=
    [ -e "$_holder/dm/uuid" ] && read -r _holder_uuid <"$_holder/dm/uuid"
    case $_holder_uuid in mpath-*) return 0 ;; esac
  done
  _export=$(blkid -p -o export "$1" 2>/dev/null) || return 0
  while IFS='=' read -r _key _value; do
    case $_key in
      TYPE) _type=$_value ;;
      PTTYPE) _type=${_type:-$_value} ;;
      UUID) _uuid=$_value ;;
      LABEL) _label=$_value ;;
    esac
  done <<END
$_export
END
}

# mount NUMBER ROOT POINT OPTIONS FSTYPE SUPER_OPTIONS UNIT; points with the kernel's octal escapes. Those of containers: `elsewhere NAMESPACE NUMBER POINT`.
say_mounts() {
  while read -r _ _ _number _root _point _opts _rest; do
    _rest=${_rest#*- }
    _unit=
    case ${_rest#* } in /dev/* | autofs*) _unit=$(mount_unit "$_point") ;; esac
    say mount "$_number" "$_root" "$_point" "$_opts" "${_rest%% *}" "${_rest##* }" "$_unit"
  done <"$proc/self/mountinfo"
  _own=$(stat -L -c %i "$proc/self/ns/mnt" 2>/dev/null)
  stat -L -c '%i %n' "$proc"/[0-9]*/ns/mnt 2>/dev/null | sort -u -k1,1 | while read -r _ns _path; do
    [ "$_ns" = "$_own" ] && continue
    while read -r _ _ _number _ _point _ _rest; do
      # A slave or a peer follows our unmount; a private mount stays.
      case ${_rest%% - *} in *master:* | *shared:*) ;; *) say elsewhere "$_ns" "$_number" "$_point" ;; esac
    done 2>/dev/null <"${_path%/ns/mnt}/mountinfo"
  done
}

# The unit that would mount it again: one with a file behind it. Every mount has some unit in systemd.
mount_unit() {
  has systemd-escape || return 0
  _name=$(systemd-escape -p --suffix=mount "$1" 2>/dev/null)
  systemctl show -p FragmentPath "$_name" 2>/dev/null | grep -q '=.' && echo "$_name"
}

# pv NUMBER NAME UUID GROUP GROUP_UUID MISSING; lv GROUP NAME PATH SEGMENT_TYPE ACTIVE NUMBER
say_lvm() {
  has pvs || return 0
  read_readable
  lvm_readable pvs --noheadings --separator '|' -o pv_name,pv_uuid,vg_name,vg_uuid,pv_missing |
    while IFS='|' read -r _pv _uuid _group _group_uuid _missing; do
      _pv=${_pv#"${_pv%%[! ]*}"} number=''
      device_number "$_pv" || :
      say pv "$number" "$_pv" "$_uuid" "$_group" "$_group_uuid" "$_missing"
    done
  lvm_readable lvs --noheadings --separator '|' -o vg_name,lv_name,lv_path,segtype,lv_active,lv_kernel_major,lv_kernel_minor |
    while IFS='|' read -r _group _name _path _type _active _major _minor; do
      say lv "${_group#"${_group%%[! ]*}"}" "$_name" "$_path" "$_type" "$_active" "$_major:$_minor"
    done
}

# Sets readable, and unreadable when there is a disk that cannot be read.
read_readable() {
  readable='' unreadable=''
  for _path in "$sys"/class/block/*; do
    _name=${_path##*/}
    if (can_be_read "$_name"); then
      readable="$readable /dev/$_name"
      [ ! -e "$_path/dm/name" ] || readable="$readable /dev/mapper/$(dm_name "$_name")"
    else
      unreadable=1
    fi
  done
}

# TOOL ARGS... of LVM. Where a disk cannot be read it is kept to the others: it would read them all, and wait for ever.
lvm_readable() {
  _tool=$1
  shift
  if [ -n "$unreadable" ]; then lvm_only "$_tool" "$readable" "$@"; else "$_tool" "$@" 2>/dev/null; fi
}

# swap NUMBER; open NUMBER PID NAME: a process with a block device open.
say_uses() {
  while read -r _file _; do
    case $_file in /dev/*) device_number "$_file" && say swap "$number" ;; esac
  done <"$proc/swaps"
  # shellcheck disable=SC2012 # find of busybox has no -lname
  ls -l "$proc"/[0-9]*/fd 2>/dev/null | awk '/^\/proc|^\// { split($0, part, "/"); pid = part[length(part) - 1] } / -> \/dev\/(sd|dm-|mapper\/|vd)/ { print pid, $NF }' |
    while read -r _pid _file; do
      _comm=
      read -r _comm 2>/dev/null <"$proc/$_pid/comm"
      device_number "$_file" && say open "$number" "$_pid" "$_comm"
    done
}

say_unit() {
  _load=$(systemctl show -p LoadState "$1" 2>/dev/null)
  case $_load in *=not-found | '') say unknown-unit "$1" ;; esac
}

# The mount with the longest path above each: read from the kernel's table without a fork.
say_essential() {
  for _path in / "$state" "$keep" /var/log /etc /usr /tmp /root /var/lib; do
    _longest='' _number=''
    while read -r _ _ _dev _ _point _; do
      case $_path/ in "${_point%/}"/*) [ "${#_point}" -lt "${#_longest}" ] || { _longest=$_point _number=$_dev; } ;; esac
    done <"$proc/self/mountinfo"
    [ -z "$_number" ] || say essential "$_number"
  done
}
