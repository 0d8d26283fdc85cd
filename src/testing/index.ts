// Door of `temporal-flashcopy/testing`: hosts in process that lose or clobber data for real, time and chance under control, and planted lies.
export { createModelWorld, type ModelWorld, type ModelWorldOptions } from './model-world.js';
export { ModelHost } from './model/host.js';
export { readRecords, sameInstant, Writer } from './model/writer.js';
export { seededNumbers, seededRandomness } from './seeded-randomness.js';
export { VirtualClock } from './virtual-clock.js';
export * from './lies.js';
