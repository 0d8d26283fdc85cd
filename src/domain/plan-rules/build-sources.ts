// The sources' part of the plan: what is made still on each host, in which order, and when its holder gives back by itself.
import type { InspectedFileSystem } from '../inspection.js';
import type { PlannedMount, PlannedSource } from '../plan.js';
import type { FlashCopyRequest } from '../request.js';
import type { View } from './view.js';

/** Arming, opening sessions and the give back itself also take time within a quiesce holder's deadline, ms. */
export const QUIESCE_MARGIN_MS = 15_000;

export const buildSources = ({ request, sourceViews }: View): PlannedSource[] =>
  sourceViews.map(({ asked, mounts }) => ({
    ...{ host: asked.host, method: asked.method, units: asked.units },
    mounts: mounts.map(plannedMount),
    deadlineMs: deadline(request, asked.method),
  }));

const deadline = ({ maxPauseMs, maxOutageMs }: FlashCopyRequest, method: 'unmount' | 'quiesce'): number =>
  method === 'quiesce' ? maxPauseMs + QUIESCE_MARGIN_MS : maxOutageMs;

const plannedMount = (found: InspectedFileSystem): PlannedMount => ({
  ...{ mountPoint: found.mountPoint, device: found.device, fsType: found.fsType, options: found.options },
  uuid: found.uuid,
  unit: found.managedBy.startsWith('systemd:') ? found.managedBy.slice('systemd:'.length) : '',
});
