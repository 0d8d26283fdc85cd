// The agent's rows together with what they are read for; shared by the readers of disks, mounts and volume groups.
import type { InspectOrder } from '../host.js';
import type { Row } from './answer.js';
import type { Block, BlockStack } from './block-stack.js';

export interface Facts {
  readonly host: string;
  readonly order: InspectOrder;
  readonly rows: readonly Row[];
  readonly stack: BlockStack;
  /** Device path of a logical volume by major:minor. */
  readonly lvPaths: ReadonlyMap<string, string>;
  /** VDisk UIDs asked for, upper case. */
  readonly uids: ReadonlySet<string>;
}

export const rowsOf = (facts: Pick<Facts, 'rows'>, key: string): Row[] =>
  facts.rows.filter((row) => row[0] === key);

/** True when a VDisk that was asked for lies beneath. */
export const isConcerned = (facts: Facts, block: Block): boolean =>
  facts.stack.disks(block).some((disk) => facts.uids.has(disk));
