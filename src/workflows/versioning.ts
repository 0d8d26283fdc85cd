// Which runs stay with the worker version they began with, where workers are versioned at all.
// Asked for at each run: a server refuses every task of an unversioned worker that names a behaviour.
import { setWorkflowOptions, workflowInfo, type Workflow } from '@temporalio/workflow';

type Behavior = 'PINNED' | 'AUTO_UPGRADE';

export function versioned(behavior: Behavior, workflow: Workflow): void {
  const options = (): { versioningBehavior?: Behavior } => {
    const name = workflowInfo().currentDeploymentVersion?.deploymentName ?? '';
    return name === '' ? {} : { versioningBehavior: behavior };
  };
  setWorkflowOptions(options, workflow);
}
