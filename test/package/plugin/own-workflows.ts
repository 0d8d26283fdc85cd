// Workflows of a user's own beside the library's.
export * from '../../../src/workflows/index.js';

export const mine = (): Promise<string> => Promise.resolve('mine');
