// What a rule is: it looks at the situation and answers refusals, never throws, and knows no other rule.
import type { Refusal } from '../errors.js';
import type { View } from './view.js';

export type Rule = (view: View) => readonly Refusal[];

/** One refusal when the condition holds, none otherwise. */
export const refuseIf = (
  condition: boolean,
  refusal: () => readonly [code: string, field: string, value: string, remedy: string],
): readonly Refusal[] => {
  if (!condition) return [];
  const [code, field, value, remedy] = refusal();
  return [{ code, field, value, remedy }];
};
