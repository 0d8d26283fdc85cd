// Step `validate`: starts from the UI, the CLI and schedules bypass the client, so the request is parsed again.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';

const ARRAYS = defineSearchAttributeKey('FlashCopyArray', SearchAttributeType.KEYWORD_LIST);
const VOLUMES = defineSearchAttributeKey('FlashCopyVolume', SearchAttributeType.KEYWORD_LIST);
const HOSTS = defineSearchAttributeKey('FlashCopyHost', SearchAttributeType.KEYWORD_LIST);

/** Throws INVALID_REQUEST; nothing was touched then. */
export async function validate(copy: CopyRun, request: unknown): Promise<void> {
  await copy.report.step('validate', '', async () => {
    copy.request = await perform('flashCopyValidate', { summary: 'parse the request' }, request);
  });
  const { groups, sources, targets } = copy.request;
  const volumes = groups
    .flatMap((group) => group.volumes.flatMap(({ source, target }) => [source, target]))
    .filter((name) => name !== '');
  copy.report.attributes([
    { key: ARRAYS, value: [...copy.arrays] },
    { key: VOLUMES, value: [...new Set(volumes)] },
    { key: HOSTS, value: [...new Set([...sources, ...targets].map(({ host }) => host))] },
  ]);
}
