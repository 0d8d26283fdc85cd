// The array's refusals in one table: its code, our code, what it means to us, and who says so. docs/array-errors.md is generated from it.
// Texts are localised: only codes count.

/** What a refusal means to a caller who wanted the thing done. */
export type RefusalClass =
  | 'exists' // compare before calling it success
  | 'missing' // success for a removal
  | 'already' // the state asked for is there, though maybe not by us
  | 'state' // read again, plan again
  | 'busy' // the same command may be sent again
  | 'warning' // the command was carried out
  | 'permanent';

export interface KnownRefusal {
  readonly code: string;
  readonly class: RefusalClass;
  /** In our own words. */
  readonly meaning: string;
  readonly source: string;
}

/** Recalled from IBM's published message list and not read again: likely, never proof. */
const LIST = "IBM's message list, recalled";

type Group = readonly [
  RefusalClass,
  code: string,
  source: string,
  meanings: Readonly<Record<string, string>>,
];

const GROUPS: readonly Group[] = [
  [
    'exists',
    'OBJECT_EXISTS',
    'Cinder, CSI driver, Proxmox plugin',
    { '6035': 'an object of that name exists' },
  ],
  ['exists', 'OBJECT_EXISTS', LIST, { '5892': 'a consistency group of that name exists' }],
  [
    'exists',
    'MAPPING_EXISTS',
    'CSI driver',
    { '6466': 'a mapping of that source and target, or to that target, exists' },
  ],
  [
    ...(['missing', 'OBJECT_MISSING', 'Cinder, Cinder tests, CSI driver, Ansible'] as const),
    {
      '5753': 'the object does not exist, or is no candidate',
      '5754': 'the object does not exist, or its name breaks the rules',
      '5804': 'an object named in the command does not exist',
    },
  ],
  [
    ...(['missing', 'OBJECT_MISSING', 'CSI driver'] as const),
    {
      '5868': 'the entity does not exist',
      '8957': 'the volume does not exist (newer levels)',
      '9755': 'the snapshot does not exist',
    },
  ],
  ['missing', 'OBJECT_MISSING', LIST, { '6301': 'the consistency group does not exist' }],
  [
    'already',
    'NOT_MAPPED',
    'CSI driver, Proxmox plugin',
    { '5842': 'the volume is not mapped to that host' },
  ],
  [
    'already',
    'ALREADY_MAPPED',
    'Forklift, CSI driver',
    { '5878': 'the volume is mapped to that host' },
  ],
  [
    'already',
    'ALREADY_MAPPED',
    'Cinder, Proxmox plugin',
    { '6071': 'the volume is mapped to a host' },
  ],
  [
    'already',
    'ALREADY_MAPPED',
    'Proxmox plugin',
    { '9066': 'the volume is mapped to the host cluster' },
  ],
  [
    'already',
    'ALREADY_COPYING',
    'CSI driver',
    { '5907': 'start refused: it copies; never taken for our own start' },
  ],
  ['already', 'ALREADY_STOPPED', LIST, { '5910': 'stop refused: idle' }],
  ['already', 'ALREADY_STOPPED', 'CSI driver', { '5912': 'stop refused: stopped' }],
  [
    'state',
    'VDISK_IN_USE',
    'Cinder tests',
    { '5840': 'volume not removed: mapped, in FlashCopy, or migrating' },
  ],
  [
    'state',
    'HOST_IN_USE',
    'Cinder tests',
    { '5871': 'host not removed: volumes are mapped to it' },
  ],
  [
    'state',
    'GROUP_NOT_EMPTY',
    LIST,
    { '5895': 'group not removed: it holds mappings', '6037': 'the group is not empty' },
  ],
  ['state', 'GROUP_NOT_EMPTY', 'Cinder', { '8749': 'volume group not removed: it holds volumes' }],
  ['state', 'GROUP_EMPTY', LIST, { '6031': 'the group holds no mapping' }],
  [
    ...(['state', 'WRONG_STATE', LIST] as const),
    {
      '5896': 'mapping not removed: preparing',
      '5897': 'mapping not removed: prepared',
      '5898': 'mapping not removed: copying',
      '5899': 'mapping not removed: stopped, -force is missing',
      '5900': 'mapping not removed: suspended',
      '5901': 'prepare refused: preparing',
      '5902': 'prepare refused: prepared',
      '5904': 'prepare refused: suspended',
      '5905': 'start refused: idle, not prepared',
      '5906': 'start refused: preparing',
      '5908': 'start refused: stopped, not prepared',
      '5909': 'start refused: suspended',
      '5911': 'stop refused: preparing',
      '5913': 'change refused: preparing',
      '5914': 'change refused: prepared',
      '5915': 'change refused: copying',
      '5916': 'change refused: suspended',
      '5920': 'the group takes no mapping: not idle',
      '6310': 'refused: the target is the source of another active mapping, -restore is missing',
      '6311': 'refused: stopping',
      '6319': 'refused: another mapping of the target is stopping',
    },
  ],
  [
    'state',
    'WRONG_STATE',
    'Cinder tests',
    { '5903': 'prepare refused: copying, or another wrong state' },
  ],
  ['busy', 'ARRAY_BUSY', LIST, { '5786': 'the cluster is not in a stable state' }],
  [
    'busy',
    'ARRAY_BUSY',
    'pysvc, captured outputs',
    { '7017': 'log-in refused, as with 10 sessions in use; may stand where a header should be' },
  ],
  ['busy', 'VDISK_FORMATTING', 'Cinder tests', { '8587': 'the volume is being formatted' }],
  [
    ...(['busy', 'VDISK_NOT_READY', 'Ansible'] as const),
    {
      '9083': 'the volume is not ready for any operation',
      '9103': 'the volume is not ready for any operation',
      '9104': 'the volume is not ready for any operation',
    },
  ],
  [
    'warning',
    'LICENCE_NEARLY_USED',
    'Cinder',
    { '6372': 'licensed capacity nearly used; carried out all the same' },
  ],
  ['permanent', 'MAPPED_ELSEWHERE', 'Forklift', { '9375': 'the volume is mapped to another host' }],
  [
    'permanent',
    'SCSI_ID_TAKEN',
    'Cinder, CSI driver',
    { '5879': 'the SCSI id is taken on that host' },
  ],
  [
    'permanent',
    'MAPPING_IN_GROUP',
    LIST,
    { '6030': 'the mapping is in a group: act on the group' },
  ],
  [
    ...(['permanent', 'IO_GROUP_OFFLINE', LIST] as const),
    {
      '5918': 'prepare or start refused: an I/O group is offline',
      '5919': 'prepare or start refused: an I/O group is offline',
      '5923': 'mapping not made: an I/O group is offline',
    },
  ],
  ['permanent', 'NO_BITMAP_MEMORY', LIST, { '5917': 'the I/O group has no bitmap memory left' }],
  ['permanent', 'SIZE_DIFFERS', 'Cinder tests', { '5924': 'source and target differ in size' }],
  [
    'permanent',
    'SIZE_DIFFERS',
    LIST,
    { '5922': 'the target is too small', '7019': 'the size is no multiple of 512' },
  ],
  ['permanent', 'SOURCE_IS_TARGET', 'Cinder tests', { '6303': 'source and target are one volume' }],
  [
    'permanent',
    'NO_POOL_SPACE',
    'CSI driver',
    { '5860': 'the pool has no free extents', '8710': 'the pool has no free extents' },
  ],
  [
    ...(['permanent', 'POOL_UNSUITABLE', 'CSI driver, Cinder tests'] as const),
    {
      '9292': 'the pool does not serve this kind of volume',
      '9301': 'the pool does not serve this kind of volume',
      '9760': 'the child pool does not serve this',
      '6430': 'extent sizes differ',
      '6446': 'extent sizes differ',
    },
  ],
  [
    ...(['permanent', 'LIMIT_REACHED', LIST] as const),
    {
      '6034': 'the most objects of that kind exist',
      '6302': 'more than 256 mappings would be connected',
    },
  ],
  [
    ...(['permanent', 'MAPPING_TREE', LIST] as const),
    {
      '6300': 'the mappings are in different I/O groups',
      '6304': 'the source is a target (levels without cascades)',
      '6305': 'the target is a source (levels without cascades)',
    },
  ],
  [
    ...(['permanent', 'IN_REPLICATION', LIST] as const),
    {
      '6306': 'clash with remote copy',
      '6307': 'clash with remote copy',
      '6308': 'clash with remote copy',
      '6309': 'clash with remote copy',
    },
  ],
  [
    ...(['permanent', 'IN_REPLICATION', 'Cinder, Cinder tests'] as const),
    {
      '5951': 'state of a remote copy',
      '5959': 'shape of a remote copy',
      '5963': 'shape of a remote copy',
      '5982': 'state of a remote copy',
      '6065': 'shape of a remote copy',
      '9012': 'shape of a remote copy',
      '9201': 'state of a remote copy',
    },
  ],
  [
    'permanent',
    'HA_LIMIT',
    'Ansible',
    { '1255': 'not with this HA topology', '1301': 'not for an HA snapshot' },
  ],
  [
    'permanent',
    'AUTH_REFUSED',
    'captured outputs',
    { '9604': 'the password has expired or must be changed' },
  ],
  [
    'permanent',
    'COMMAND_UNSUPPORTED',
    'CSI driver, Ansible',
    { '7205': 'not supported on this level or system' },
  ],
  ['permanent', 'COMMAND_UNSUPPORTED', 'Cinder tests', { '7050': 'the node lacks compression' }],
  [
    ...(['permanent', 'COMMAND_REJECTED', 'Cinder tests, CSI driver, Ansible'] as const),
    {
      '5701': 'no object id',
      '5703': 'a value is too long',
      '5707': 'a parameter is missing, or stands twice',
      '5709': 'an unsupported parameter',
      '5713': 'parameters exclude each other',
      '5729': 'a member of a list is bad',
      '5738': 'a name is too long',
      '5741': 'a bad filter attribute',
      '5767': 'bad parameters',
      '6017': 'characters outside ASCII',
      '6353': 'no such copy of the volume',
      '6527': 'a bad name',
    },
  ],
  [
    'permanent',
    'COMMAND_REJECTED',
    LIST,
    { '5891': 'a bad group name', '6032': 'bad parameters', '6045': '-force is missing' },
  ],
];

const SUFFIX: Readonly<Record<string, string>> = { warning: 'W' };

/** Every code we know, `CMMVC5907E` -> what it means. */
export const KNOWN_REFUSALS: ReadonlyMap<string, KnownRefusal> = new Map(
  GROUPS.flatMap(([kind, code, source, meanings]) =>
    Object.entries(meanings).map(([number, meaning]) => [
      `CMMVC${number}${SUFFIX[kind] ?? 'E'}`,
      { code, class: kind, source, meaning },
    ]),
  ),
);
