// The search attributes of a copy: registered where the client may, left out where it may not. Registering is idempotent.
import { isGrpcServiceError, type Client, type Connection } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributePair,
} from '@temporalio/common';
import type { FlashCopyRequest } from '../domain/request.js';
import { namesOf } from '../domain/search-attributes.js';
import { SEARCH_ATTRIBUTES } from '../workflows/messages.js';

/** Numbers of temporal.api.enums.v1.IndexedValueType. */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, INT: 3, KEYWORD_LIST: 7 } as const;

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
export const searchAttributesOf = (request: FlashCopyRequest): SearchAttributePair[] =>
  Object.entries(namesOf(request)).map(([name, value]: [string, readonly string[]]) => ({
    key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD_LIST),
    value: [...value],
  }));

const INVALID_ARGUMENT = 3;

/**
 * A start, or a new schedule, with the attributes where the namespace has them. What the server refuses with them is tried once without:
 * attributes may have been removed since, and a copy matters more than how it is found.
 */
export async function withSearchAttributes<T>(
  registered: boolean,
  begin: (searchAttributes: boolean) => Promise<T>,
): Promise<T> {
  try {
    return await begin(registered);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const refused = [error, cause].some(
      (one) => isGrpcServiceError(one) && Number(one.code) === INVALID_ARGUMENT,
    );
    if (!registered || !refused) throw error;
    return begin(false);
  }
}
