// What is not in the inventory is left out of what is read, so that the plan's rules can refuse it by field, value and remedy.
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { inspect } from '../../../src/activities/inspect.js';
import { parseRequest } from '../../../src/config/request.js';
import { planCopy } from '../../../src/domain/plan-rules/plan-copy.js';
import { compose, inventoryOf, type Composition } from '../../../src/worker/composition.js';

const inventory = inventoryOf({ inventoryFile: path.resolve('examples/models/inventory.yaml') });
const [ARRAY = ''] = Object.keys(inventory.arrays);
const [HOST = ''] = Object.keys(inventory.hosts);
let composition: Composition;
afterEach(() => composition.close());

async function refusals(change: object): Promise<string[]> {
  composition = await compose(inventory);
  const { dependencies } = composition;
  const request = parseRequest({
    ...{ name: 'erp', array: ARRAY, volumes: [{ source: 'a', target: 'b' }] },
    sources: [{ host: HOST, method: 'quiesce' }],
    ...change,
  });
  const found = await inspect(dependencies, request, 'abcdef');
  const planned = planCopy({ request, token: 'abcdef', ...dependencies, ...found });
  return 'refusals' in planned
    ? planned.refusals.map(({ code, field, value }) => `${code} ${field} ${value}`)
    : [];
}

describe('inspecting a request', () => {
  it('with an unknown array is left to the rules', async () => {
    expect(await refusals({ array: 'nowhere' })).toContain('UNKNOWN_ARRAY array nowhere');
  });

  it('with unknown hosts is left to the rules, all of them', async () => {
    const lines = await refusals({
      sources: [{ host: 'ghost', method: 'quiesce' }],
      targets: [{ host: 'phantom', mounts: [{ from: '/data', at: '/mnt' }] }],
    });
    expect(lines).toContain('UNKNOWN_HOST sources[0].host ghost');
    expect(lines).toContain('UNKNOWN_HOST targets[0].host phantom');
  });
});
