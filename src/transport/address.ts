// Addresses as people write them: `host:port`, `[v6]:port`, or a host alone with the port its protocol has.
import { FlashCopyError } from '../domain/errors.js';

/** Throws INVALID_ADDRESS. */
export function parseAddress(address: string, defaultPort: number): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort);
  if (host === undefined || port < 1 || port > 65_535)
    throw new FlashCopyError({
      family: 'request',
      code: 'INVALID_ADDRESS',
      message: `address = ${JSON.stringify(address)}: INVALID_ADDRESS; use host:port or [IPv6]:port`,
    });
  return { host, port };
}
