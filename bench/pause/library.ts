// One complete workflow run of the library: quiesce on source1, no target host, as a user would start it.
import type { FlashCopyClient } from '../../src/client/index.js';
import { uid } from '../../lab/demo/session.js';

export interface LibraryRound {
  readonly fromMs: number;
  readonly toMs: number;
  /** What the report says of the pause. */
  readonly reportedMs: number;
}

export async function libraryRound(
  client: FlashCopyClient,
  volumes: number,
): Promise<LibraryRound> {
  const copy = await client.start({
    name: 'bench',
    array: 'svc-lab',
    volumes: Array.from({ length: volumes }, (_, index) => ({
      ...{
        source: `db_data${index + 1}`,
        target: `db_copy${index + 1}`,
        overwrite: uid(`db_copy${index + 1}`),
      },
    })),
    sources: [{ host: 'source1', method: 'quiesce' }],
    copy: { rate: 150 },
  });
  const { pauses } = await copy.result();
  const pause = pauses[0];
  if (pause === undefined) throw new Error('the report names no pause');
  return { fromMs: pause.beganAt, toMs: pause.givenBackAt, reportedMs: pause.pauseMs };
}
