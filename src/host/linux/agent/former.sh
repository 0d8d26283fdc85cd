# shellcheck shell=sh
# Production gets back the identities it had, each read back. Everything may be repeated, also after it was cut off in the middle.

# former-group RUN NAME UUID (disk UID pv PV_UUID)...: `record lvm NAME WAS NOW` where something had to change; then the group is active.
cmd_former_group() {
  run=$1 name=$2 uuid=$3 nodes='' members='' uids=''
  shift 3
  while [ $# -gt 0 ]; do
    case $#.$1.${3-} in [0-3].* | *.pv.* | *.disk.disk) fail BAD_ORDER 'former-group: a disk and its pv are told together' ;; esac
    disk_of "$2" || fail DISK_NOT_FOUND "$2 is not there"
    nodes="$nodes $node" members="$members $node=$4" uids="$uids $2"
    shift 4
  done
  # No tool takes a chosen UUID for a group that exists: its own description, with the former ids in it, is written back.
  former=$keep/former/$run.$name
  if [ -e "$former" ]; then
    group_uuid=unfinished
    write_former
  else
    read_group
    has_former_ids || { describe_former && write_former; }
  fi
  vgchange -ay "$name" >&2 || fail NOT_ACTIVATED "vgchange -ay $name failed"
  has udevadm && udevadm settle --timeout=30
  return 0
}

line_end='
'

pv_uuid_of() { one_line "$(lvm_only pvs "$nodes" --noheadings -o pv_uuid "$1")" | tr -d ' '; }

# A change by LVM that sees these nodes alone. What it says when it fails is kept for the person who reads it.
lvm_change() {
  _said=$(lvm_on "$@" -y 2>&1 </dev/null) || {
    printf '%s\n' "$_said" >&2
    return 1
  }
}

has_former_ids() {
  [ "$group_name" = "$name" ] && [ "$group_uuid" = "$uuid" ] || return 1
  for _member in $members; do
    [ "$(pv_uuid_of "${_member%=*}")" = "${_member##*=}" ] || return 1
  done
}

# Writes $former: the group as it stands on these disks, under its former name and ids. It is whole, or not there.
describe_former() {
  refuse_taken_name
  mkdir -p "$keep/former"
  rm -f "$former.is"
  lvm_change vgcfgbackup "$nodes" -f "$former.is" "$group_name" || fail SYNTHESIS_REFUSED "vgcfgbackup of $group_name failed"
  # One change a line: an id that was given is not taken for another one.
  _next="${line_end}t$line_end"
  _edit="s/^[A-Za-z0-9_+.-]* {\$/$name {/${_next}s/\"$group_uuid\"/\"$uuid\"/$_next"
  for _member in $members; do
    _pv=$(pv_uuid_of "${_member%=*}")
    [ -n "$_pv" ] || fail SYNTHESIS_REFUSED "${_member%=*} has no PV UUID"
    _edit="${_edit}s/\"$_pv\"/\"${_member##*=}\"/$_next"
  done
  sed "$_edit" "$former.is" >"$former.new"
  for _id in "$uuid" $(for _member in $members; do echo "${_member##*=}"; done); do
    grep -q "id = \"$_id\"" "$former.new" || fail SYNTHESIS_REFUSED "the description of $group_name could not be given the id $_id"
  done
  sync "$former.new"
  mv "$former.new" "$former"
}

# From here on only $former says what is on the disks: it stays until everything was read back.
write_former() {
  _was=$group_uuid
  for _one in $uids; do uid=$_one && disk_of "$uid" && keep_inactive; done
  for _member in $members; do
    [ "$(pv_uuid_of "${_member%=*}")" = "${_member##*=}" ] ||
      lvm_change pvcreate "$nodes" -ff --uuid "${_member##*=}" --restorefile "$former" "${_member%=*}" ||
      fail SYNTHESIS_REFUSED "pvcreate on ${_member%=*} failed; $former describes the group"
  done
  lvm_change vgcfgrestore "$nodes" -f "$former" "$name" || fail SYNTHESIS_REFUSED "vgcfgrestore of $name failed; $former describes the group"
  read_group
  has_former_ids || fail SYNTHESIS_REFUSED "the group is $group_name $group_uuid with PVs $(one_line "$pv_uuids"), not $name $uuid; $former describes it"
  rm -f "$former" "$former.is"
  say record lvm "$name" "$_was" "$group_uuid"
}

# former-file-system RUN FSTYPE UUID DEVICE [LABEL]: `record FSTYPE DEVICE WAS NOW`; nothing when it is as it was.
cmd_former_file_system() {
  run=$1 fs=$2 uuid=$3
  resolve "$4"
  shift 4
  _was=$(uuid_of "$device") || fail NO_FILE_SYSTEM "$device holds no file system"
  _label=$(label_of "$device")
  [ "$_was" != "$uuid" ] || [ "${1-$_label}" != "$_label" ] || return 0
  make_clean
  [ "$_was" = "$uuid" ] || give_uuid "$uuid"
  [ "${1-$_label}" = "$_label" ] || give_label "$1"
  _now=$(uuid_of "$device")
  [ "$_now" = "$uuid" ] || fail SYNTHESIS_REFUSED "$device has the UUID $_now, not $uuid"
  _label=$(label_of "$device")
  [ "${1-$_label}" = "$_label" ] || fail SYNTHESIS_REFUSED "$device has the label $_label, not $1"
  say record "$fs" "$device" "$_was" "$_now"
}

label_of() { blkid -p -s LABEL -o value "$1" 2>/dev/null; }

# `--` takes the label of an xfs away.
give_label() {
  case $fs in
    xfs) xfs_admin -L "${1:---}" "$device" >&2 ;;
    *) e2label "$device" "$1" >&2 ;;
  esac
}
