// The sources' part of the plan: what is made still on each host, in which order, and when its holder gives back by itself.
import type { InspectedFileSystem } from '../inspection.js';
import type { PlannedMount, PlannedSource } from '../plan.js';
import { holderDeadlineMs } from '../timing.js';
import type { View } from './view.js';

export const buildSources = ({ request, sourceViews }: View): PlannedSource[] =>
  sourceViews.map(({ asked, mounts }) => ({
    ...{ host: asked.host, method: asked.method, units: asked.units },
    mounts: mounts.map(plannedMount),
    deadlineMs: holderDeadlineMs(request, asked.method),
  }));

const plannedMount = (found: InspectedFileSystem): PlannedMount => ({
  ...{
    mountPoint: found.mountPoint,
    device: found.device,
    fsType: found.fsType,
    options: found.options,
  },
  uuid: found.uuid,
  unit: found.managedBy.startsWith('systemd:') ? found.managedBy.slice('systemd:'.length) : '',
});
