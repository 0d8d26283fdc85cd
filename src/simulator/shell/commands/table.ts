// All commands by name. What is not here but looks like a command of the array answers CMMVC7205E.
import type { Commands } from '../command.js';
import { groupCommands } from './groups.js';
import { hostMapCommands } from './host-maps.js';
import { hostCommands } from './hosts.js';
import { mappingCommands } from './mappings.js';
import { mappingViews } from './mapping-views.js';
import { systemCommands } from './system.js';
import { volumeCommands } from './volumes.js';
import { volumeViews } from './volume-views.js';

export const COMMANDS: Commands = {
  ...systemCommands,
  ...volumeViews,
  ...volumeCommands,
  ...hostCommands,
  ...hostMapCommands,
  ...mappingViews,
  ...mappingCommands,
  ...groupCommands,
};
