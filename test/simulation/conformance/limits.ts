// What the driver believes of the server's limits; those that need minutes or megabytes of history are known, not tried.
import { activity, caught, retry, sleep } from './ops.js';
import type { Scenario } from './script.js';

const TOO_LONG = 2_200_000;
export const LIMITS: readonly Scenario[] = [
  { name: 'a search attribute as long as may be', script: [{ op: 'attribute', bytes: 2_048 }] },
  {
    name: 'one byte more ends the run',
    script: [
      { op: 'attribute', bytes: 2_049 },
      { op: 'say', text: 'never' },
    ],
  },
  {
    name: 'an answer that is too long is a failure, and tried again',
    script: [caught(activity({ what: 'ok', bytes: TOO_LONG }, { retry: retry(2) }))],
  },
  {
    name: 'a failure that is too long is another one, and not tried again',
    script: [caught(activity({ what: 'fail', bytes: TOO_LONG }, { retry: retry(3) }))],
  },
  {
    name: 'a failure of more than 4 KB reaches the workflow whole',
    script: [caught(activity({ what: 'fail', bytes: 6_000 }, { retry: retry(2) }))],
  },
  {
    name: 'of twelve updates ten are taken at a time, and the others come again',
    script: [sleep(6_000)],
    then: Array.from({ length: 12 }, () => ({ at: 300, do: 'update', text: 'slow' })),
  },
];
