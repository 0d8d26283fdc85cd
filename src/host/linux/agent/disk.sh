# shellcheck shell=sh
# From a VDisk UID to its devices: the multipath node `mpath-3<uid>`, else the one SCSI disk whose page 0x83 names it. Kernel tables only.

# Sets lowered: hexadecimal digits in small letters, without a fork.
lower() {
  lowered='' _digits=$1
  while [ -n "$_digits" ]; do
    _others=${_digits#?}
    _digit=${_digits%"$_others"} _digits=$_others
    case $_digit in A) _digit=a ;; B) _digit=b ;; C) _digit=c ;; D) _digit=d ;; E) _digit=e ;; F) _digit=f ;; esac
    lowered=$lowered$_digit
  done
}

# Sets node (/dev/mapper/NAME or /dev/sdX), kernel (dm-N or sdX), paths (words), map (multipath name or ''); false when not there.
disk_of() {
  lower "$1"
  _uid=$lowered
  node='' kernel='' map='' paths=$(paths_of "$_uid")
  for _dm in "$sys"/block/dm-*/dm/uuid; do
    [ -e "$_dm" ] && read -r _uuid <"$_dm" && [ "$_uuid" = "mpath-3$_uid" ] || continue
    _dm=${_dm%/dm/uuid}
    read -r map <"$_dm/dm/name"
    kernel=${_dm##*/} node=/dev/mapper/$map
    return 0
  done
  # Two bare paths of one disk are two ways to write past each other: only a single one is a disk.
  # shellcheck disable=SC2086
  set -- $paths
  [ $# -eq 1 ] || return 1
  kernel=$1 node=/dev/$1
}

# SCSI disks whose identity (VPD page 0x83, as the kernel read it) is this UID.
paths_of() {
  for _wwid in "$sys"/block/sd*/device/wwid; do
    [ -e "$_wwid" ] && read -r _id 2>/dev/null <"$_wwid" && [ "$_id" = "naa.$1" ] || continue
    _wwid=${_wwid%/device/wwid}
    printf '%s ' "${_wwid##*/}"
  done
}

# Everything stacked on a kernel device, deepest first: LVs, partitions, maps. Words.
stacked_on() {
  for _holder in "$sys/class/block/$1"/holders/*; do
    [ -e "$_holder" ] || continue
    (stacked_on "${_holder##*/}")
    printf '%s ' "${_holder##*/}"
  done
}

# Of a dm device, '' of any other; without a program of their own, for they are asked often.
dm_name() { dm_word "$1" name; }
dm_uuid() { dm_word "$1" uuid; }
dm_word() { [ -e "$sys/class/block/$1/dm/$2" ] && read -r _word 2>/dev/null <"$sys/class/block/$1/dm/$2" && printf '%s\n' "$_word"; }

# TOOL NODES ARGS...: a read, by LVM that sees these nodes alone.
lvm_only() { lvm_on "$@" 2>/dev/null; }

lvm_on() {
  # Duplicates of a source on the same host must not be seen: LVM looks at these devices alone.
  _tool=$1 _nodes=$2
  shift 2
  _filter=
  for _node in $_nodes; do _filter="$_filter\"a|^$_node\$|\","; done
  "$_tool" "$@" --config "devices{use_devicesfile=0 filter=[$_filter\"r|.*|\"]}"
}
