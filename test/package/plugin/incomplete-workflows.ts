// What a user forgets: the building blocks are imported, the library's own workflows not exported.
export { flashCopy } from '../../../src/workflows/index.js';
