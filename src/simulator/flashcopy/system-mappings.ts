// Mappings the system makes for itself: of snapshots, of clones from them, of restores. Users see them with `-showhidden` only.
import type { Machine } from '../machine.js';
import { bitmapBytes, bitmapNeed, bitmapTotal } from '../model/bitmap.js';
import { refuse } from '../model/codes.js';
import { idleMapping, type Mapping, type Volume } from '../model/state.js';

const RATES = { snapshot: 0, thinclone: 0, clone: 50, restore: 50 } as const;

type Owner = keyof typeof RATES;

/** What a mapping is by what it is for. */
export const traitsOf = (owner: Owner): Pick<Mapping, 'owner' | 'autodelete' | 'copyRate'> => ({
  ...{ owner, autodelete: owner === 'clone' || owner === 'restore', copyRate: RATES[owner] },
});

/** Not started yet. Throws CMMVC5917E when there is no bitmap memory left. */
export function systemMapping(
  machine: Machine,
  wanted: { readonly source: Volume; readonly target: Volume; readonly owner: Owner },
): Mapping {
  const { state } = machine;
  const { source, target, owner } = wanted;
  const grains = Math.ceil(target.capacityBytes / (256 * 1024));
  if (bitmapBytes(state) + bitmapNeed({ incremental: false }, grains) > bitmapTotal(state))
    throw refuse('CMMVC5917E');
  const id = state.mappings.freeId();
  const mapping: Mapping = {
    ...{
      id,
      name: `@${owner}${id}`,
      source: source.id,
      target: target.id,
      grainKiB: 256,
      group: 0,
    },
    ...{ incremental: false, keepTarget: false, cleanRate: 0 },
    ...traitsOf(owner),
    ...idleMapping(grains),
    restoring: owner === 'restore',
  };
  state.mappings.push(mapping);
  return mapping;
}
