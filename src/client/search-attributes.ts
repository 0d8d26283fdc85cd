// The search attributes of a copy: registered where the client may, left out where it may not. Registering is idempotent.
import type { Client, Connection } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributePair,
} from '@temporalio/common';
import type { FlashCopyRequest } from '../domain/request.js';
import { SEARCH_ATTRIBUTES } from '../workflows/messages.js';

/** Numbers of temporal.api.enums.v1.IndexedValueType. */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, INT: 3, KEYWORD_LIST: 7 } as const;

/** How many keywords one attribute carries: visibility stores limit its size; the report holds all. */
const MOST_KEYWORDS = 100;

/**
 * Adds what the namespace lacks.
 * @returns false where the server or the caller's rights do not allow it: copies then start without search attributes.
 */
export async function registerSearchAttributes(client: Client): Promise<boolean> {
  const { operatorService } = client.connection as Connection;
  const namespace = client.options.namespace;
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const missing = Object.entries(SEARCH_ATTRIBUTES).filter(
      ([name]) => !(name in customAttributes),
    );
    if (missing.length > 0) {
      await operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(
          missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]),
        ),
      });
    }
    return true;
  } catch {
    return false;
  }
}

/** What is known of a copy before it runs; phase and pause come from the workflow. */
export function searchAttributesOf(request: FlashCopyRequest): SearchAttributePair[] {
  const volumes = request.groups
    .flatMap((g) => g.volumes.flatMap((v) => [v.source, v.target]))
    .filter((name) => name !== '');
  const hosts = [...request.sources, ...request.targets].map((h) => h.host);
  return [
    keywords(
      'FlashCopyArray',
      request.groups.map((g) => g.array),
    ),
    keywords('FlashCopyVolume', volumes),
    keywords('FlashCopyHost', hosts),
  ];
}

function keywords(
  name: keyof typeof SEARCH_ATTRIBUTES,
  values: readonly string[],
): SearchAttributePair {
  const key = defineSearchAttributeKey(name, SearchAttributeType.KEYWORD_LIST);
  return { key, value: [...new Set(values)].slice(0, MOST_KEYWORDS) };
}
