// The source host's first login to its volumes. Later ones are the product's business.
import { execa } from 'execa';
import { inLab } from '../paths.js';
import { labVolumes } from '../volumes.js';

/** Refused logins (most recorded volumes are not mapped) make iscsiadm exit non-zero; only the disks count. */
export async function logInToVolumes(): Promise<void> {
  const expected = labVolumes.filter((volume) => volume.mappedTo === 'source1').length;
  const script = `iscsiadm -m node --loginall=automatic >/dev/null 2>&1
    for i in $(seq 300); do
      [ "$(find /dev/disk/by-id -name 'dm-uuid-mpath-*' | wc -l)" -eq ${expected} ] && exit 0
      sleep 0.2
    done
    echo 'the source volumes did not appear' >&2
    exit 1`;
  await execa('ssh', ['-F', inLab('ssh_config'), 'source1', script], { timeout: 150_000, stdin: 'ignore' });
}
