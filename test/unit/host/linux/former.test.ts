// Production's identities on a made-up host: LVM's tools are scripts that keep a group in files, and one of them can be made to fail.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functions } from './agent-functions.js';

const DISKS = { sda: `6005076${'0'.repeat(24)}1`, sdb: `6005076${'0'.repeat(24)}2` };
const VG = 'aaaaaa-prod-vg';
const PVS = ['bbbbbb-prod-pv1', 'cccccc-prod-pv2'];
const ARGS = [
  ...['run-1', 'vg_data', VG],
  ...['disk', DISKS.sda, 'pv', PVS[0], 'disk', DISKS.sdb, 'pv', PVS[1]],
].join(' ');

let at: string;
beforeEach(() => {
  at = mkdtempSync(path.join(tmpdir(), 'former-'));
  for (const [name, uid] of Object.entries(DISKS))
    put(`sys/block/${name}/device/wwid`, `naa.${uid}`);
  put('lvm/vg', 'vg_data_copy xxxxxx-copy-vg');
  put('lvm/sda', 'yyyyyy-copy-pv1');
  put('lvm/sdb', 'zzzzzz-copy-pv2');
  for (const [name, script] of Object.entries(TOOLS)) {
    put(`tools/${name}`, `#!/bin/sh\ncd "${at}/lvm"; echo "${name} $*" >>calls\n${script}`);
    spawnSync('chmod', ['755', path.join(at, 'tools', name)]);
  }
});
afterEach(() => rmSync(at, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(at, file)), { recursive: true });
  writeFileSync(path.join(at, file), `${text}\n`);
}
const get = (file: string): string => readFileSync(path.join(at, 'lvm', file), 'utf8').trim();

const DEVICES = `disks=; for a in "$@"; do case $a in /dev/*) disks="$disks \${a#/dev/}" ;; esac; done`;
const TOOLS: Readonly<Record<string, string>> = {
  pvs: `${DEVICES}
case "$*" in
  *vg_name*) for d in $disks; do cat vg; done ;;
  *) for d in $disks; do echo "  $(cat $d)"; done ;;
esac`,
  vgs: 'exit 5',
  vgchange: 'exit 0',
  udevadm: 'exit 0',
  vgcfgbackup: `read -r name id <vg
cat >"$2" <<END
contents = "Text Format Volume Group"

$name {
	id = "$id"
	physical_volumes {

		pv0 {
			id = "$(cat sda)"
			device = "/dev/sda"	# Hint only
		}

		pv1 {
			id = "$(cat sdb)"
		}
	}
}
END`,
  pvcreate: `${DEVICES}
[ ! -e refuse ] || [ $disks != sdb ] || { echo 'cannot open exclusively' >&2; exit 5; }
while [ "$1" != --uuid ]; do shift; done
grep -q "id = \\"$2\\"" "$4" || exit 5
for d in $disks; do echo "$2" >"$d"; done; : >vg`,
  vgcfgrestore: `name=$(sed -n 's/^\\([a-z_0-9]*\\) {$/\\1/p' "$2"); id=$(sed -n 's/^.id = "\\(.*\\)"/\\1/p' "$2" | head -n 1)
for d in sda sdb; do grep -q "id = \\"$(cat $d)\\"" "$2" || exit 5; done
[ "$3" = "$name" ] && echo "$name $id" >vg`,
};

const order = (command: string) =>
  spawnSync('sh', ['-s'], {
    input: `state=${at}/state keep=${at}/keep\n${functions}\n${command}`,
    encoding: 'utf8' as const,
    env: {
      ...process.env,
      FLASHCOPY_SYS: path.join(at, 'sys'),
      FLASHCOPY_TOOLS: path.join(at, 'tools'),
    },
  });
const giveBack = () => order(`cmd_former_group ${ARGS}`);
const asItWas = (): void => {
  expect(get('vg')).toBe(`vg_data ${VG}`);
  expect([get('sda'), get('sdb')]).toEqual(PVS);
};

describe('a volume group of production', () => {
  it('gets its name, its UUID and those of its PVs back, by its own description', () => {
    const { stdout, stderr } = giveBack();
    expect({ stdout, stderr }).toEqual({
      stdout: `record\tlvm\tvg_data\txxxxxx-copy-vg\t${VG}\n`,
      stderr: '',
    });
    asItWas();
    expect(get('calls')).toContain('vgchange -ay vg_data');
    expect(readdirSync(path.join(at, 'keep/former'))).toEqual([]);
  });

  it('that has them already is activated and nothing else', () => {
    giveBack();
    put('lvm/calls', '');
    expect(giveBack().stdout).toBe('');
    expect(get('calls')).not.toMatch(/pvcreate|vgcfg/);
    asItWas();
  });

  it('is finished by a repeat when it was cut off between two disks', () => {
    put('lvm/refuse', '');
    const cut = giveBack();
    expect(cut.stdout).toContain('error\tSYNTHESIS_REFUSED\tpvcreate on /dev/sdb failed');
    expect(cut.stderr).toContain('cannot open exclusively');
    expect([get('vg'), get('sda'), get('sdb')]).toEqual(['', PVS[0], 'zzzzzz-copy-pv2']);
    expect(existsSync(path.join(at, 'keep/former/run-1.vg_data'))).toBe(true);
    rmSync(path.join(at, 'lvm/refuse'));
    expect(giveBack().stdout).toContain('record\tlvm\tvg_data');
    asItWas();
  });

  it('is touched by LVM through its own disks alone', () => {
    giveBack();
    const changes = get('calls')
      .split('\n')
      .filter((call) => /^(pvcreate|vgcfg)/.test(call));
    expect(changes).toHaveLength(4);
    for (const call of changes)
      expect(call).toContain('filter=["a|^/dev/sda$|","a|^/dev/sdb$|","r|.*|"]');
  });

  it('is not given a name that another group of this host bears', () => {
    put('tools/vgs', '#!/bin/sh\nexit 0');
    expect(giveBack().stdout).toContain('error\tNAME_TAKEN');
    expect(get('calls')).not.toMatch(/pvcreate|vgcfg/);
  });

  it.each(['disk UID disk UID', 'pv UID pv UID', 'disk UID'])(
    'is refused when disks and PVs are not told in pairs: %s',
    (words) => {
      const pairs = words.replaceAll('UID', DISKS.sda);
      expect(order(`cmd_former_group run-1 vg_data ${VG} ${pairs}`).stdout).toContain('BAD_ORDER');
      expect(existsSync(path.join(at, 'lvm/calls'))).toBe(false);
    },
  );
});

describe('a file system of production', () => {
  const fileSystem = (words: string) =>
    order(`
resolve() { device=/dev/lv; }
make_clean() { echo clean >>"${at}/lvm/calls"; }
blkid() { case "$*" in *LABEL*) cat "${at}/lvm/label" ;; *) cat "${at}/lvm/uuid" ;; esac; }
xfs_admin() { echo "xfs_admin $*" >>"${at}/lvm/calls"; case $1 in -U) echo "$2" >"${at}/lvm/uuid" ;; -L) echo "\${2#--}" >"${at}/lvm/label" ;; esac; }
tune2fs() { echo "tune2fs $*" >>"${at}/lvm/calls"; }
cmd_former_file_system run-1 ${words}`);
  beforeEach(() => {
    put('lvm/uuid', 'uuid-copy');
    put('lvm/label', 'other');
    put('lvm/calls', '');
  });

  it('gets its UUID and its label back, once', () => {
    expect(fileSystem('xfs uuid-prod /dev/vg/lv db').stdout).toBe(
      'record\txfs\t/dev/lv\tuuid-copy\tuuid-prod\n',
    );
    expect(get('label')).toBe('db');
    put('lvm/calls', '');
    expect(fileSystem('xfs uuid-prod /dev/vg/lv db').stdout).toBe('');
    expect(get('calls')).toBe('');
  });

  it('loses a label it had not, and keeps one that no word can say', () => {
    fileSystem("xfs uuid-prod /dev/vg/lv ''");
    expect(get('label')).toBe('');
    put('lvm/label', 'two words');
    fileSystem('xfs uuid-other /dev/vg/lv');
    expect(get('label')).toBe('two words');
  });

  it('that a tool left as it was, with no error, is a failure', () => {
    expect(fileSystem('ext4 uuid-prod /dev/vg/lv').stdout).toContain(
      'error\tSYNTHESIS_REFUSED\t/dev/lv has the UUID uuid-copy, not uuid-prod',
    );
  });
});
