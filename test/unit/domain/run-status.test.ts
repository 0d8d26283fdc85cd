// A run counts as ended only when the server says so: whatever is not known to have ended is open.
import { describe, expect, it } from 'vitest';
import { isGone } from '../../../src/activities/janitor-gone.js';
import type { ActivityDependencies } from '../../../src/activities/dependencies.js';
import { isEnded } from '../../../src/domain/run-status.js';

const OPEN = ['RUNNING', 'PAUSED', 'UNSPECIFIED', 'UNKNOWN', ''];
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT', 'NOT_FOUND'];

const gone = (copy: string, guard: string): Promise<boolean> => {
  const runs = {
    status: (id: string) => Promise.resolve({ status: id.includes('/guard/') ? guard : copy }),
  };
  return isGone({ runs } as unknown as ActivityDependencies, 'flashcopy/erp/first-run');
};

describe('a run', () => {
  it('has ended where the server says so, and nowhere else', () => {
    expect(ENDED.every(isEnded)).toBe(true);
    expect(OPEN.some(isEnded)).toBe(false);
  });

  it('that is paused keeps its locks, and so does one whose guard is', async () => {
    expect(await gone('TERMINATED', 'NOT_FOUND')).toBe(true);
    for (const open of OPEN) {
      expect(await gone(open, 'NOT_FOUND')).toBe(false);
      expect(await gone('TERMINATED', open)).toBe(false);
    }
  });
});
