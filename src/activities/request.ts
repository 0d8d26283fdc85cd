// The request is parsed again in the worker: starts from UI, CLI and schedules bypass the client.
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './heartbeat.js';

type RequestActivities = Pick<FlashCopyActivities, 'flashCopyValidate'>;

export const requestActivities = (deps: ActivityDependencies): RequestActivities => ({
  flashCopyValidate: (request) =>
    whileBeating(deps.clock, () => Promise.resolve().then(() => deps.parseRequest(request))),
});
