// Tells a person by the ways of the inventory's section `notify`: a program of the user's, or a URL. JSON either way.
// Promise kept here: no shell reads the message, no secret stands in what is said of a failure, and nothing hangs.
import { spawn } from 'node:child_process';
import type { Notifier } from '../activities/index.js';
import type { Inventory } from '../config/inventory.js';
import { FlashCopyError } from '../domain/errors.js';
import type { NoticeWay, SentNotice, SignedNotice } from '../domain/notice.js';
import { COMMANDS } from '../domain/timing.js';
import type { Secrets } from './secrets.js';

type Settings = NonNullable<Inventory['notify']>;

const failed = (way: NoticeWay, why: string): FlashCopyError =>
  new FlashCopyError({
    family: 'transport',
    code: 'NOTIFY_FAILED',
    message: `nobody was told by ${way}: ${why}`,
    outcome: 'unknown',
    retry: 'safe',
    details: { way },
  });

export function createNotifier(inventory: Inventory, secrets: Secrets): Notifier {
  const settings: Settings = inventory.notify ?? {};
  return {
    async send(way, notice) {
      const body = JSON.stringify(withLink(notice, inventory.temporal));
      if (way === 'command') {
        if (settings.command === undefined) return false;
        await runCommand(settings.command, body);
        return true;
      }
      const url = webhookOf(settings, secrets);
      if (url === undefined) return false;
      await post(url, tokenOf(settings, secrets), body);
      return true;
    },
  };
}

function withLink(notice: SignedNotice, temporal: Inventory['temporal']): SentNotice {
  if (temporal?.ui === undefined) return notice;
  const base = temporal.ui.replace(/\/$/, '');
  const { workflowId, runId } = notice;
  const place = `namespaces/${temporal.namespace ?? 'default'}/workflows/${encodeURIComponent(workflowId)}/${runId}`;
  return { ...notice, link: `${base}/${place}` };
}

/** Its output is nobody's; only the end of what it complains of goes into the failure. */
function runCommand([program = '', ...words]: readonly string[], body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      ...{
        shell: false,
        timeout: COMMANDS.notify,
        killSignal: 'SIGKILL',
        stdio: ['pipe', 'ignore', 'pipe'],
      },
    });
    let complaint = '';
    child.stderr.on(
      'data',
      (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-300)),
    );
    child.on('error', (error) => reject(failed('command', error.message)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(failed('command', `${program} ended with ${code ?? signal}: ${complaint.trim()}`));
    });
    // A program that does not read its input is not wrong.
    child.stdin.on('error', () => undefined);
    child.stdin.end(body);
  });
}

const webhookOf = (
  { webhook, webhookFile, webhookEnv }: Settings,
  secrets: Secrets,
): string | undefined =>
  webhookFile === undefined && webhookEnv === undefined
    ? webhook
    : secrets.password('notify.webhook', { passwordFile: webhookFile, passwordEnv: webhookEnv });

const tokenOf = ({ tokenFile, tokenEnv }: Settings, secrets: Secrets): string | undefined =>
  tokenFile === undefined && tokenEnv === undefined
    ? undefined
    : secrets.password('notify.token', { passwordFile: tokenFile, passwordEnv: tokenEnv });

/** Redirects are not followed: the token would go along. */
async function post(url: string, token: string | undefined, body: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  let status: number;
  try {
    const signal = AbortSignal.timeout(COMMANDS.notify);
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    ({ status } = answer);
    await answer.body?.cancel();
  } catch (error) {
    throw failed('webhook', reasonOf(error));
  }
  if (status < 200 || status > 299) throw failed('webhook', `it answered ${status}`);
}

/** fetch says "fetch failed" and hides why. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as {
    message?: string;
    cause?: { code?: string; message?: string };
  };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}
