// The array's refusals in one table: its code, our code, what is known of the effect, and who says so.
// A code that is not in the table is passed on as it is, with an unknown effect: nobody may repeat it blindly.
import { FlashCopyError, type RetryAdvice } from '../../domain/errors.js';
import type { CommandResult } from '../../transport/transport.js';

/** What a refusal means to a caller who wanted the thing done. */
export type RefusalClass =
  | 'exists' // compare before calling it success
  | 'missing' // success for a removal
  | 'already' // the state asked for is there, though maybe not by us
  | 'state' // read again, plan again
  | 'busy' // the same command may be sent again
  | 'permanent';

interface KnownRefusal {
  readonly code: string;
  readonly class: RefusalClass;
  readonly source: string;
}

const of = (kind: RefusalClass, code: string, source: string): KnownRefusal => ({ code, class: kind, source });
const LIST = "IBM's published message list, recalled";

const KNOWN: Readonly<Record<string, KnownRefusal>> = {
  CMMVC6035E: of('exists', 'OBJECT_EXISTS', 'Cinder, CSI driver, Proxmox plugin'),
  CMMVC5892E: of('exists', 'OBJECT_EXISTS', LIST),
  CMMVC6466E: of('exists', 'MAPPING_EXISTS', 'CSI driver'),
  CMMVC5753E: of('missing', 'OBJECT_MISSING', 'Cinder, CSI driver'),
  CMMVC5754E: of('missing', 'OBJECT_MISSING', 'Cinder, CSI driver'),
  CMMVC5804E: of('missing', 'OBJECT_MISSING', 'Cinder tests, CSI driver, Ansible'),
  CMMVC5868E: of('missing', 'OBJECT_MISSING', 'CSI driver'),
  CMMVC6301E: of('missing', 'OBJECT_MISSING', LIST),
  CMMVC8957E: of('missing', 'OBJECT_MISSING', 'CSI driver'),
  CMMVC5842E: of('already', 'NOT_MAPPED', 'CSI driver, Proxmox plugin'),
  CMMVC5878E: of('already', 'ALREADY_MAPPED', 'Forklift, CSI driver'),
  CMMVC6071E: of('already', 'ALREADY_MAPPED', 'Cinder, Proxmox plugin'),
  CMMVC9066E: of('already', 'ALREADY_MAPPED', 'Proxmox plugin'),
  CMMVC5907E: of('already', 'ALREADY_COPYING', 'CSI driver'),
  CMMVC5910E: of('already', 'ALREADY_STOPPED', LIST),
  CMMVC5912E: of('already', 'ALREADY_STOPPED', 'CSI driver'),
  CMMVC9375E: of('permanent', 'MAPPED_ELSEWHERE', 'Forklift'),
  CMMVC5879E: of('permanent', 'SCSI_ID_TAKEN', 'Cinder, CSI driver'),
  CMMVC5840E: of('state', 'VDISK_IN_USE', 'Cinder tests'),
  CMMVC5895E: of('state', 'GROUP_NOT_EMPTY', LIST),
  CMMVC6037E: of('state', 'GROUP_NOT_EMPTY', LIST),
  CMMVC6031E: of('state', 'GROUP_EMPTY', LIST),
  CMMVC6030E: of('permanent', 'MAPPING_IN_GROUP', LIST),
  ...each(['5896', '5897', '5898', '5899', '5900'], of('state', 'WRONG_STATE', `removal refused: ${LIST}`)),
  ...each(['5901', '5902', '5903', '5904'], of('state', 'WRONG_STATE', `prepare refused: Cinder tests, ${LIST}`)),
  ...each(['5905', '5906', '5908', '5909'], of('state', 'WRONG_STATE', `start refused: ${LIST}`)),
  ...each(['5911'], of('state', 'WRONG_STATE', `stop refused: ${LIST}`)),
  ...each(['5913', '5914', '5915', '5916', '5920'], of('state', 'WRONG_STATE', `change refused: ${LIST}`)),
  ...each(['5918', '5919', '5923'], of('permanent', 'IO_GROUP_OFFLINE', LIST)),
  CMMVC5917E: of('permanent', 'NO_BITMAP_MEMORY', LIST),
  ...each(['5922', '5924'], of('permanent', 'SIZE_DIFFERS', 'Cinder tests')),
  CMMVC6303E: of('permanent', 'SOURCE_IS_TARGET', 'Cinder tests'),
  ...each(['5860', '8710'], of('permanent', 'NO_POOL_SPACE', 'CSI driver')),
  ...each(['6302', '6034'], of('permanent', 'LIMIT_REACHED', LIST)),
  ...each(['6306', '6307', '6308', '6309'], of('permanent', 'IN_REPLICATION', LIST)),
  CMMVC5786E: of('busy', 'ARRAY_BUSY', LIST),
  CMMVC8587E: of('busy', 'VDISK_FORMATTING', 'Cinder tests'),
  ...each(['9083', '9103', '9104'], of('busy', 'VDISK_NOT_READY', 'Ansible')),
  CMMVC7017E: of('permanent', 'AUTH_REFUSED', 'pysvc'),
  CMMVC7205E: of('permanent', 'COMMAND_UNSUPPORTED', 'CSI driver, Ansible'),
  ...each(
    ['5701', '5703', '5707', '5709', '5713', '5729', '5738', '5741', '5767', '6017', '6527'],
    of('permanent', 'COMMAND_REJECTED', 'Cinder tests, CSI driver, Ansible'),
  ),
};

function each(numbers: readonly string[], refusal: KnownRefusal): Record<string, KnownRefusal> {
  return Object.fromEntries(numbers.map((number) => [`CMMVC${number}E`, refusal]));
}

const RETRY: Record<RefusalClass, RetryAdvice> = {
  exists: 'after-check',
  missing: 'never',
  already: 'after-check',
  state: 'after-check',
  busy: 'safe',
  permanent: 'never',
};

/** pysvc: this exit status means a metadata service is busy; it repeats three times. */
const EXIT_BUSY = 11;
/** Licensed capacity nearly used: the command did succeed (Cinder). */
const HARMLESS = 'CMMVC6372W';
const CODE = /CMMVC\d{4}[EWI]/g;

export const knownRefusals = (): readonly string[] => Object.keys(KNOWN);
export const refusalClass = (error: unknown): RefusalClass | undefined =>
  error instanceof FlashCopyError && error.family === 'array' ? KNOWN[cmmvcOf(error)]?.class : undefined;
const cmmvcOf = (error: FlashCopyError): string => String(error.details['cmmvc'] ?? '');

/** The refusal in a result, undefined when the command succeeded. Texts are localised: only the code counts. */
export function readRefusal(command: string, result: CommandResult): FlashCopyError | undefined {
  const errors = codesIn(result.stderr).filter((code) => code.endsWith('E'));
  if (result.exitCode === 0) {
    // A refused login stands where the header should be (pysvc).
    const head = /^CMMVC\d{4}E/.exec(result.stdout)?.[0];
    return head === undefined ? undefined : refusal(command, head, result.stdout);
  }
  // The last one: in `a; b` it is the second command's, whose exit status we have.
  const code = errors.at(-1) ?? codesIn(result.stdout).find((one) => one.endsWith('E'));
  if (code !== undefined) return refusal(command, code, result.stderr === '' ? result.stdout : result.stderr);
  if (result.exitCode === EXIT_BUSY) return busy(command);
  if (result.exitCode !== undefined && codesIn(result.stderr).includes(HARMLESS)) return undefined;
  return unknownFailure(command, result);
}

const codesIn = (text: string): string[] => [...text.matchAll(CODE)].map((match) => match[0]);
const excerpt = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 300);

function refusal(command: string, cmmvc: string, text: string): FlashCopyError {
  const known = KNOWN[cmmvc];
  return new FlashCopyError({
    family: 'array',
    code: known?.code ?? 'ARRAY_REFUSED',
    message: `${command}: ${excerpt(text)}`,
    outcome: known === undefined ? 'unknown' : 'not-done',
    retry: known === undefined ? 'after-check' : RETRY[known.class],
    details: { cmmvc, command },
  });
}

const busy = (command: string): FlashCopyError =>
  new FlashCopyError({
    family: 'array',
    code: 'ARRAY_BUSY',
    message: `${command}: exit status ${EXIT_BUSY}, the array is busy`,
    retry: 'safe',
    details: { command },
  });

function unknownFailure(command: string, { exitCode, stderr }: CommandResult): FlashCopyError {
  const how = exitCode === undefined ? 'was killed by a signal' : `exits ${exitCode} without a code`;
  return new FlashCopyError({
    family: 'array',
    code: 'ARRAY_REFUSED',
    message: `${command} ${how}: ${excerpt(stderr)}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { command, exitCode: exitCode ?? -1 },
  });
}
