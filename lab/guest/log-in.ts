// The source host's first login to its volumes. Later ones are the product's business.
import { guest } from '../guest.js';
import { labDirectory } from '../paths.js';
import { labVolumes } from '../volumes.js';

/** Refused logins (most recorded volumes are not mapped) make iscsiadm exit non-zero; only the disks count. */
export async function logInToVolumes(): Promise<void> {
  const expected = labVolumes.filter((volume) => volume.mappedTo === 'source1').length;
  const script = `iscsiadm -m node --loginall=automatic </dev/null >/dev/null 2>&1 || :
    i=0
    while [ $i -lt 1000 ]; do
      set -- /dev/disk/by-id/dm-uuid-mpath-*
      [ -e "$1" ] && [ $# -ge ${expected} ] && exit 0
      # Only shell words above: on an emulated processor a fork per look would hold up what is waited for.
      i=$((i + 1)); sleep 0.4
    done
    echo 'the source volumes did not appear' >&2
    exit 1`;
  await guest(labDirectory, 'source1').sh(script);
}
