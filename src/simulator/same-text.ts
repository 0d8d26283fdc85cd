// Comparing secrets takes the same time whether they differ early or late.
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (data: Buffer): Buffer => createHash('sha256').update(data).digest();

export const sameBytes = (a: Buffer, b: Buffer): boolean => timingSafeEqual(digest(a), digest(b));
export const sameText = (a: string, b: string): boolean =>
  sameBytes(Buffer.from(a), Buffer.from(b));
