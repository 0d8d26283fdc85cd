// `npm run bench:burst`: COPIES (200) copies of one array started at once: who failed, how long the last one waited for its lock, what was refused.
import { runBurst } from './burst/burst.js';

const { lockedAfterMs, ...burst } = await runBurst(Number(process.env['COPIES'] ?? 200));
const at = (share: number): number =>
  lockedAfterMs[Math.ceil(lockedAfterMs.length * share) - 1] ?? 0;
console.log(
  JSON.stringify(
    {
      ...burst,
      locked: lockedAfterMs.length,
      lockMs: { half: at(0.5), p95: at(0.95), last: at(1) },
    },
    undefined,
    2,
  ),
);
