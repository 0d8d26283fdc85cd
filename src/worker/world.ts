// Arrays and hosts by name, real or models: what differs between the two behind one shape.
import type { ActivityDependencies } from '../activities/index.js';

export type World = Pick<
  ActivityDependencies,
  'arrays' | 'hosts' | 'arrayHosts' | 'declaredHosts' | 'declaredArrays' | 'secrets'
> & {
  close(): Promise<void>;
};
