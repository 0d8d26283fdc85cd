// The floor: freeze, wait, thaw inside the guest by the system's own tools, nothing else. What lies below it was saved by starting fewer processes.
import { source1 } from '../../lab/demo/session.js';

/** One round, already pre-flushed; answers its bounds by the guest's clock. */
export async function floorRound(startMs: number): Promise<{ fromMs: number; toMs: number }> {
  const wait = (startMs / 1000).toFixed(3);
  const text = await source1.sh(`
    sync -f /data; date +%s%3N
    fsfreeze -f /data; sleep ${wait}; fsfreeze -u /data
    date +%s%3N`);
  const [fromMs = 0, toMs = 0] = text.split('\n').map(Number);
  return { fromMs, toMs };
}
