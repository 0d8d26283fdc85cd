// The host's block devices and what stands on what: from any device down to the VDisks beneath, from a VDisk up to everything on it.
import { integer, values, type Row } from './answer.js';

export interface Block {
  readonly kernel: string;
  /** major:minor */
  readonly number: string;
  readonly sizeBytes: number;
  /** What it stands on: slaves, or the disk of a partition. */
  readonly under: readonly string[];
  /** VDisk UID in upper case, from the multipath id or page 0x83; '' when it is none. */
  readonly uid: string;
  readonly dmName: string;
  readonly multipath: boolean;
  readonly running: boolean;
  /** Signature as blkid reads it: a file system, LVM2_member, swap, gpt...; '' for none. */
  readonly type: string;
  readonly fsUuid: string;
  readonly label: string;
}

const UID = /^(?:mpath-3|naa\.)([0-9a-f]{32})$/;

function parseBlock(
  host: string,
  row: Row,
  labels: ReadonlyMap<string | undefined, string | undefined>,
): Block {
  const fields = values(host, row, 11);
  const [kernel = '', number = '', bytes = '', slaves = '', partOf = '', wwid = ''] = fields;
  const [dmName = '', dmUuid = '', state = '', type = '', fsUuid = ''] = fields.slice(6);
  const under = slaves === '' ? [] : slaves.split(',');
  return {
    kernel,
    number,
    sizeBytes: integer(host, bytes),
    under: partOf === '' ? under : [...under, partOf],
    uid: (UID.exec(dmUuid === '' ? wwid : dmUuid)?.[1] ?? '').toUpperCase(),
    dmName,
    multipath: dmUuid.startsWith('mpath-'),
    running: state === '' || state === 'running',
    type,
    fsUuid,
    label: labels.get(kernel) ?? '',
  };
}

export class BlockStack {
  readonly blocks: readonly Block[];
  readonly #byKernel: ReadonlyMap<string, Block>;
  readonly #byNumber: ReadonlyMap<string, Block>;

  constructor(host: string, rows: readonly Row[]) {
    const labels = new Map(
      rows.filter(([key]) => key === 'label').map(([, kernel, label]) => [kernel, label]),
    );
    this.blocks = rows
      .filter((row) => row[0] === 'block')
      .map((row) => parseBlock(host, row, labels));
    this.#byKernel = new Map(this.blocks.map((block) => [block.kernel, block]));
    this.#byNumber = new Map(this.blocks.map((block) => [block.number, block]));
  }

  at(number: string): Block | undefined {
    return this.#byNumber.get(number);
  }

  /** UIDs of the VDisks beneath; a disk that is none by its kernel name. */
  disks(block: Block): string[] {
    if (block.uid !== '') return [block.uid];
    const under = block.under.flatMap((name) => this.#byKernel.get(name) ?? []);
    if (under.length === 0) return [block.kernel];
    return [...new Set(under.flatMap((lower) => this.disks(lower)))];
  }

  /** The node of a VDisk (multipath before a path) and how many of its paths run. */
  ofUid(uid: string): { readonly block: Block; readonly paths: number } | undefined {
    const same = this.blocks.filter(
      (block) => block.uid === uid && !block.under.some((name) => this.#isDisk(name)),
    );
    const paths = same.filter((block) => !block.multipath && block.running).length;
    const map = this.blocks.find((block) => block.uid === uid && block.multipath);
    const block = map ?? (same.length === 1 ? same[0] : undefined);
    return block === undefined ? undefined : { block, paths };
  }

  /** False for the bare paths below a multipath node: nobody should use them. */
  isUsable(block: Block): boolean {
    return (
      block.multipath ||
      !this.blocks.some((other) => other.multipath && other.under.includes(block.kernel))
    );
  }

  #isDisk(name: string): boolean {
    const block = this.#byKernel.get(name);
    return block !== undefined && !block.multipath && block.uid !== '' && block.under.length === 0;
  }
}

/** A name that stays over reboots. `lvPath` wins for logical volumes. */
export function stableName(block: Block, lvPath: string | undefined): string {
  if (lvPath !== undefined && lvPath !== '') return lvPath;
  if (block.dmName !== '') return `/dev/mapper/${block.dmName}`;
  return block.uid === ''
    ? `/dev/${block.kernel}`
    : `/dev/disk/by-id/wwn-0x${block.uid.toLowerCase()}`;
}
