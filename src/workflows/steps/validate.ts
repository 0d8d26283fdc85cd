// Step `validate`: starts from the UI, the CLI and schedules bypass the client, so the request is parsed again.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { namesOf } from '../../domain/search-attributes.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { inOrder } from '../step-order.js';

/** Throws INVALID_REQUEST; nothing was touched then. */
export const validate = inOrder('validate', validateInPlace);

async function validateInPlace(copy: CopyRun, request: unknown): Promise<void> {
  await copy.report.step('validate', '', async () => {
    copy.request = await perform('flashCopyValidate', { summary: 'parse the request' }, request);
  });
  copy.report.attributes(
    Object.entries(namesOf(copy.request)).map(([name, value]: [string, readonly string[]]) => ({
      key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD_LIST),
      value: [...value],
    })),
  );
}
