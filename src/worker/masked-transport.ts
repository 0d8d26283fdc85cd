// What machines say, without the secrets they may repeat: masked where it comes in, before anybody cuts, quotes or reshapes it.
// Promise: the output of a command that succeeded is handed on as it is, for it is read as facts.
import { maskKnown, withoutSecrets } from '../activities/redaction.js';
import { FlashCopyError } from '../domain/errors.js';
import type {
  CommandResult,
  LineChannel,
  RestTransport,
  Session,
  Transport,
} from '../transport/transport.js';

type Secrets = () => readonly string[];

async function cleanly<T>(secrets: Secrets, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof FlashCopyError ? withoutSecrets(error, secrets()) : error;
  }
}

function masked(result: CommandResult, secrets: Secrets): CommandResult {
  const stderr = maskKnown(result.stderr, secrets());
  return result.exitCode === 0
    ? { ...result, stderr }
    : { ...result, stderr, stdout: maskKnown(result.stdout, secrets()) };
}

function maskedLines(channel: LineChannel, secrets: Secrets): LineChannel {
  return {
    send: (text) => channel.send(text),
    nextLine: (timeoutMs) =>
      cleanly(secrets, async () => maskKnown(await channel.nextLine(timeoutMs), secrets())),
    close: () => channel.close(),
  };
}

const maskedSession = (session: Session, secrets: Secrets): Session => ({
  run: (line, options) =>
    cleanly(secrets, async () => masked(await session.run(line, options), secrets)),
  openLines: (line) =>
    cleanly(secrets, async () => maskedLines(await session.openLines(line), secrets)),
  release: () => session.release(),
});

export const maskedTransport = (transport: Transport, secrets: Secrets): Transport => ({
  address: transport.address,
  run: (line, options) =>
    cleanly(secrets, async () => masked(await transport.run(line, options), secrets)),
  reserve: (want) =>
    cleanly(secrets, async () => maskedSession(await transport.reserve(want), secrets)),
  close: () => transport.close(),
});

export const maskedRest = (transport: RestTransport, secrets: Secrets): RestTransport => ({
  address: transport.address,
  post: (path, body, options) =>
    cleanly(secrets, async () => {
      const answer = await transport.post(path, body, options);
      return answer.status === 200
        ? answer
        : { ...answer, body: maskKnown(answer.body, secrets()) };
    }),
  close: () => transport.close(),
});
