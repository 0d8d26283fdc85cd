// All commands by name. What is not here but looks like a command of the array answers CMMVC7205E.
import type { Commands } from '../command.js';
import { absentCommands } from './absent.js';
import { addressCommands } from './addresses.js';
import { eventCommands } from './events.js';
import { fibreCommands } from './fibre.js';
import { groupCommands } from './groups.js';
import { hostMapCommands } from './host-maps.js';
import { hostPortCommands } from './host-ports.js';
import { hostCommands } from './hosts.js';
import { mappingCommands } from './mappings.js';
import { mappingViews } from './mapping-views.js';
import { nodeCommands } from './nodes.js';
import { policyViews } from './policy-views.js';
import { poolCommands } from './pools.js';
import { simulatorCommands } from './simulator.js';
import { policyCommands } from './snapshot-policies.js';
import { snapshotCommands } from './snapshots.js';
import { populationViews } from './population-views.js';
import { snapshotViews } from './snapshot-views.js';
import { specificationCommand } from './specification.js';
import { systemCommands } from './system.js';
import { userCommands } from './users.js';
import { volumeChanges } from './volume-changes.js';
import { volumeCommands } from './volumes.js';
import { volumeCopyCommands } from './volume-copies.js';
import { thinCloneCommands } from './thin-clones.js';
import { volumeGroupCommands } from './volume-groups.js';
import { volumeRemoval } from './volume-removal.js';
import { volumeViews } from './volume-views.js';

export const COMMANDS: Commands = {
  ...systemCommands,
  ...nodeCommands,
  ...addressCommands,
  ...fibreCommands,
  ...userCommands,
  ...eventCommands,
  ...poolCommands,
  ...absentCommands,
  ...volumeViews,
  ...volumeCommands,
  ...volumeChanges,
  ...volumeRemoval,
  ...volumeCopyCommands,
  ...hostCommands,
  ...hostPortCommands,
  ...hostMapCommands,
  ...mappingViews,
  ...mappingCommands,
  ...groupCommands,
  ...volumeGroupCommands,
  ...thinCloneCommands,
  ...snapshotCommands,
  ...snapshotViews,
  ...populationViews,
  ...policyCommands,
  ...policyViews,
  ...simulatorCommands,
  catxmlspec: specificationCommand(() => COMMANDS),
};
