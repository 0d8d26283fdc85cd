// The schema of a request as people write it: YAML, JSON or TypeScript. Defaults are applied here and nowhere else.
import { z } from 'zod';
import { USUAL_CLEAN_RATE } from '../domain/mapping.js';
import {
  duration,
  hostName,
  mountPoint,
  objectName,
  setName,
  unitName,
  vdiskUid,
  volumeGroupName,
} from './words.js';

const volume = z.strictObject({
  source: objectName
    .optional()
    .describe('Source VDisk; needed but for `copy.kind: restore-snapshot`'),
  target: objectName
    .optional()
    .describe(
      'Target VDisk; its data is lost. Left out for a snapshot; with `clone` the name of the new volume',
    ),
  create: z
    .strictObject({
      pool: objectName.describe('Pool of the new target'),
      thin: z
        .strictObject({
          realPercent: z
            .int()
            .min(0)
            .max(100)
            .default(2)
            .describe('Real capacity at first, in percent'),
        })
        .optional()
        .describe('Thin: takes room for what is written only, and expands by itself'),
      ioGroup: objectName.optional().describe('I/O group of the new target; default: the first'),
    })
    .optional()
    .describe('Create the target, as large as its source, when it does not exist'),
  overwrite: vdiskUid
    .optional()
    .describe(
      'UID of the target: "yes, its data may go". Needed unless the target is already this set\'s own or is created',
    ),
  adopt: objectName
    .optional()
    .describe(
      "Name of a mapping of this pair that exists already: it becomes this set's own if its attributes fit",
    ),
  host: hostName
    .optional()
    .describe('Target host that gets this target, where one source is copied to several targets'),
});

const group = z.strictObject({
  array: hostName.describe('Array, by its name in the inventory'),
  volumes: z
    .array(volume)
    .min(1, 'name at least one volume')
    .max(512, 'a group holds at most 512 mappings')
    .describe('Pairs of volumes of this array'),
});

const source = z.strictObject({
  host: hostName.describe('Host that uses the source volumes, by its name in the inventory'),
  method: z
    .enum(['unmount', 'quiesce'], {
      error: 'say how the source is made still: unmount or quiesce (there is no default)',
    })
    .describe(
      'How the source is made still: `unmount` (units stopped, file systems unmounted) or `quiesce` (file systems frozen). No default',
    ),
  units: z
    .array(unitName)
    .default([])
    .describe(
      'systemd units stopped before the unmount, in this order, and started after it in reverse',
    ),
  applications: z
    .array(
      z
        .string()
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,99}$/,
          'use a name of letters, digits and . _ : @ / -',
        ),
    )
    .default([])
    .describe('Databases with a quiesce facility of their own; none is supported yet'),
  mounts: z
    .union([z.literal('auto'), z.array(mountPoint).min(1)], {
      error: 'use auto, or a list of mount points',
    })
    .prefault('auto')
    .describe('Mount points on the source volumes, or `auto` for all of them'),
});

const target = z.strictObject({
  host: hostName.describe('Host that gets the copy, by its name in the inventory'),
  mounts: z
    .array(
      z.strictObject({
        from: mountPoint.describe('Mount point on the source host'),
        at: mountPoint.describe('Mount point of the copy on this host'),
        readOnly: z.boolean().default(false).describe('Mount the copy read-only'),
      }),
    )
    .prefault([])
    .describe('What of the copy is mounted here, and where'),
  synthesis: z
    .enum(['auto', 'keep'])
    .default('auto')
    .describe('`auto`: new identities for volume groups and file systems; `keep`: none'),
  volumeGroups: z
    .record(volumeGroupName, volumeGroupName)
    .default({})
    .describe(
      "Name of each copied volume group on this host; default: the source's name with `_copy`",
    ),
  keepMapped: z
    .boolean()
    .default(false)
    .describe('Keep the volumes mapped, held exclusively open, instead of unmapping them'),
});

const snapshot = z.strictObject({
  volumeGroup: objectName.describe(
    'Volume group of the array; it holds the volumes of the request and no others',
  ),
  retentionDays: z
    .int()
    .min(1)
    .max(32_767)
    .optional()
    .describe('The snapshot goes by itself after so many days, 1-32767; default: it stays'),
  retentionMinutes: z
    .int()
    .min(1)
    .max(1440)
    .optional()
    .describe('The same in minutes, 1-1440; one of the two'),
  safeguarded: z
    .boolean()
    .default(false)
    .describe(
      'Nobody can remove it before it expires, this library neither, not even after a run that failed',
    ),
  ignoreLegacy: z
    .boolean()
    .default(false)
    .describe(
      'Also when volumes are in FlashCopy mappings (-ignorelegacy); default: the request is refused then',
    ),
  clone: z
    .enum(['clone', 'thinclone'])
    .optional()
    .describe(
      'New volumes from the snapshot, for `targets`: `clone` becomes independent, `thinclone` never does',
    ),
  clonePool: objectName
    .optional()
    .describe("Pool of the new volumes; default: that of each volume's source"),
  restoreFrom: objectName
    .optional()
    .describe('`restore-snapshot` only: name of the snapshot that is restored'),
});

const copy = z.strictObject({
  kind: z
    .enum(['mapping', 'restore', 'snapshot', 'restore-snapshot'])
    .default('mapping')
    .describe(
      '`mapping`: from source to target; `restore`: a copy back over what it was copied from (-restore); `snapshot`: of a volume group of the array (8.5.1 on); `restore-snapshot`: volumes back to what a snapshot holds',
    ),
  snapshot: snapshot
    .optional()
    .describe('For the two kinds of snapshots; rates, grain and the like are not for them'),
  autodelete: z
    .boolean()
    .optional()
    .describe(
      'Mappings and group go once everything is copied; default: false, for a restore true',
    ),
  dependents: z
    .enum(['refuse', 'keep', 'stop', 'split'])
    .default('refuse')
    .describe(
      'Active mappings that copy from a target: `refuse` the request, `keep` them going (-restore), `stop` them, which makes their targets unusable (-force), or `split` them off a complete copy (-split)',
    ),
  rate: z
    .int()
    .min(0)
    .max(150)
    .default(50)
    .describe('Background copy rate, 0-150; 50 = 2 MiB/s, each 10 more doubles; 0 = none'),
  cleanRate: z
    .int()
    .min(0)
    .max(150)
    .default(USUAL_CLEAN_RATE)
    .describe(
      'Clean rate, 0-150, of mappings that are made; those found keep theirs where it says 50',
    ),
  incremental: z
    .boolean()
    .default(false)
    .describe('Later copies of this set move only what changed on either side'),
  grainSize: z
    .union([z.literal(64), z.literal(256)])
    .default(256)
    .describe('KiB; fixed for the life of a mapping'),
  waitFor: z
    .enum(['started', 'copied'])
    .default('started')
    .describe(
      '`started`: the run ends when the copy is usable; `copied`: when it is independent of its source',
    ),
});

/** Both forms: `array` and `volumes`, or `groups`. */
export const requestSchema = z
  .strictObject({
    name: setName,
    array: hostName
      .optional()
      .describe('Array, by its name in the inventory (short form, one array)'),
    volumes: group.shape.volumes.optional().describe('Pairs of volumes (short form)'),
    groups: z
      .array(group)
      .min(1)
      .max(16)
      .optional()
      .describe(
        'Groups on several arrays, all started in one pause; instead of `array` and `volumes`',
      ),
    sources: z
      .array(source, { error: 'name the hosts that use the source volumes; [] when no host does' })
      .max(64)
      .describe(
        'Hosts that use the source volumes; `[]` where they are mapped to nobody, e.g. a copy that is kept',
      ),
    targets: z.array(target).max(64).prefault([]).describe('Hosts that get the copy'),
    copy: copy.prefault({}).describe('How the array copies'),
    grade: z
      .enum(['application', 'filesystem', 'crash'])
      .default('filesystem')
      .describe('Least grade that counts as success'),
    maxPause: duration(100, 300_000)
      .prefault('30s')
      .describe('Longest pause of file systems (method quiesce)'),
    maxOutage: duration(1_000, 3_600_000)
      .prefault('5m')
      .describe('Longest time the source is unmounted (method unmount)'),
    maxPrepared: duration(1_000, 86_400_000)
      .prefault('10m')
      .describe('Longest time the group stays prepared; its sources write through all that time'),
    within: duration(1_000, 86_400_000)
      .prefault('10m')
      .describe(
        'Longest trouble with arrays and hosts that is waited out before the point in time',
      ),
    attempts: z
      .int()
      .min(1)
      .max(10)
      .optional()
      .describe(
        'How often the point in time is tried, 1-10, when a try fails without harm; default: 2, with a source that is unmounted 1',
      ),
    verify: z
      .strictObject({
        fileSystem: z.boolean().default(true).describe('Check the file systems of the copy'),
      })
      .prefault({})
      .describe('What is checked on the copy, besides the marks that are always looked for'),
    approval: z
      .string()
      .regex(/^[0-9a-f]{8,64}$/, 'use the hash that `flashcopy plan` printed')
      .optional()
      .describe('Hash of the approved plan; the run is refused when its plan differs'),
  })
  .superRefine((request, context) => {
    const short = request.array !== undefined || request.volumes !== undefined;
    const add = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (short && request.groups !== undefined)
      add('groups', 'use either array and volumes, or groups, not both');
    else if (short && request.array === undefined) add('array', 'name the array of these volumes');
    else if (short && request.volumes === undefined) add('volumes', 'name the pairs of volumes');
    else if (!short && request.groups === undefined)
      add('volumes', 'name array and volumes, or groups');
  });
