// Door of `temporal-flashcopy/activities`: the activities and what they need, for workers that are composed by hand.
export type * from './contract.js';
export type * from '../domain/point-in-time.js';
export { createActivities } from './create-activities.js';
export type { ActivityDependencies, LedgerClient, Notifier, RunReader } from './dependencies.js';
export { temporalRuns } from './run-reader.js';
export { temporalLedger } from './ledger-client.js';
