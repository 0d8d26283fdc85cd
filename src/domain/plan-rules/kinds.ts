// Which kind of copy a request asks for, in the questions the rules have.
import type { RequestedSnapshot } from '../request.js';
import type { View } from './view.js';

type Asked = Pick<View, 'request'>;

/** Back over the source of a copy, with mappings. */
export const isRestore = ({ request }: Asked): boolean => request.copy.kind === 'restore';
/** A new snapshot of a volume group. */
export const takesSnapshot = ({ request }: Asked): boolean => request.copy.kind === 'snapshot';
export const restoresSnapshot = ({ request }: Asked): boolean =>
  request.copy.kind === 'restore-snapshot';
/** What is overwritten is production: it gets back what stands on it now. */
export const goesBack = (view: Asked): boolean => isRestore(view) || restoresSnapshot(view);

export const usesSnapshots = (view: Asked): boolean =>
  takesSnapshot(view) || restoresSnapshot(view);

/** What the request says of its snapshot; config lets no request of these kinds through without it. */
export const askedSnapshot = ({ request }: Asked): RequestedSnapshot =>
  request.copy.snapshot ?? { volumeGroup: '', safeguarded: false, ignoreLegacy: false };
