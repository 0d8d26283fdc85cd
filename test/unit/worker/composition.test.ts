// The hook of the composition: what it answers takes the port's place, once for each name; without it the ports are as they were made.
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { withMethods } from '../../../src/testing/index.js';
import {
  compose,
  inventoryOf,
  type Composition,
  type Wrap,
} from '../../../src/worker/composition.js';

const inventory = inventoryOf({ inventoryFile: path.resolve('examples/models/inventory.yaml') });
const [ARRAY = ''] = Object.keys(inventory.arrays);
const [HOST = ''] = Object.keys(inventory.hosts);
let composition: Composition | undefined;

const composed = async (wrap?: Wrap) => (composition = await compose(inventory, wrap)).dependencies;
afterEach(() => composition?.close());

describe('a wrap of the composition', () => {
  it('that throws reaches whoever asks for the port', async () => {
    const wrap: Wrap = {
      host: (name) => {
        throw new Error(`no ${name} today`);
      },
    };
    const { hosts, arrays } = await composed(wrap);
    expect(() => hosts(HOST)).toThrow(`no ${HOST} today`);
    expect(arrays(ARRAY).name).toBe(ARRAY);
  });

  it('does not hide that a name is unknown', async () => {
    const { arrays, hosts } = await composed({
      array: (_, array) => array,
      host: (_, host) => host,
    });
    expect(() => arrays('nowhere')).toThrow('no array nowhere');
    expect(() => hosts('nowhere')).toThrow('no host nowhere');
  });

  it('takes the place of arrays and hosts, and is made once for each name', async () => {
    const made: string[] = [];
    const { arrays, hosts } = await composed({
      array: (name, array) => {
        made.push(name);
        return withMethods(array, { readPools: () => Promise.resolve([]) });
      },
      host: (name, host) => {
        made.push(name);
        return withMethods(host, { close: () => Promise.reject(new Error('planted')) });
      },
    });
    expect(await arrays(ARRAY).readPools()).toEqual([]);
    expect((await arrays(ARRAY).readSystem()).name).toBeDefined();
    await expect(hosts(HOST).close()).rejects.toThrow('planted');
    expect(arrays(ARRAY)).toBe(arrays(ARRAY));
    expect(made).toEqual([ARRAY, HOST]);
  });

  it('left out changes nothing', async () => {
    const { arrays, hosts } = await composed();
    expect((await arrays(ARRAY).readPools()).length).toBeGreaterThan(0);
    expect(hosts(HOST)).toBe(hosts(HOST));
  });
});
