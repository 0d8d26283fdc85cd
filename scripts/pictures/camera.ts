// The camera: chromium without a screen. A terminal is xterm.js fed with what the command wrote; the Temporal UI is the page itself.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { COLUMNS } from './stage.js';

const ARGUMENTS = [
  ...[
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
  ],
  ...['--disable-component-update', '--disable-sync'],
];
const MOST_BYTES = 200_000;
const XTERM_CSS = fileURLToPath(import.meta.resolve('@xterm/xterm/css/xterm.css'));
const XTERM = fileURLToPath(import.meta.resolve('@xterm/xterm/lib/xterm.js'));

export interface Camera {
  terminal(name: string, text: string): Promise<void>;
  /** Taken once `awaited` is on the page. */
  page(name: string, url: string, view: { height: number; awaited: RegExp }): Promise<void>;
  close(): Promise<void>;
}

export async function openCamera(folder: string): Promise<Camera> {
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: ARGUMENTS,
  });
  const keep = async (name: string, take: (file: string) => Promise<unknown>): Promise<void> => {
    const file = path.join(folder, `${name}.png`);
    await take(file);
    const { size } = await stat(file);
    console.log(`${file} ${size} bytes${size > MOST_BYTES ? ': TOO LARGE' : ''}`);
    if (size > MOST_BYTES) process.exitCode = 1;
  };
  return {
    async terminal(name, text) {
      const page = await browser.newPage({ viewport: { width: 1400, height: 1600 } });
      await page.setContent(
        '<body style="margin:0;background:#1b1d22"><div id="t" style="padding:12px;width:max-content"></div>',
      );
      await page.addStyleTag({ path: XTERM_CSS });
      await page.addScriptTag({ path: XTERM });
      await page.evaluate(drawTerminal, { text, columns: COLUMNS });
      await keep(name, (file) => page.locator('#t').screenshot({ path: file }));
      await page.close();
    },
    async page(name, url, { height, awaited }) {
      const page = await browser.newPage({ viewport: { width: 1280, height } });
      await page.goto(url, { waitUntil: 'load' });
      // Not there in time: the picture shows what is there instead, and a person looks at it.
      if (!(await appears(page, awaited)))
        console.log(`${name}: ${String(awaited)} did not appear`);
      await page.waitForTimeout(2_500);
      await keep(name, (file) => page.screenshot({ path: file }));
      await page.close();
    },
    close: () => browser.close(),
  };
}

/** Also within frames: the UI puts what workflows wrote into one of its own. */
async function appears(page: Page, wanted: RegExp): Promise<boolean> {
  for (let tries = 0; tries < 40; tries += 1) {
    for (const frame of page.frames()) {
      const text = await frame
        .locator('body')
        .innerText({ timeout: 2_000 })
        .catch(() => '');
      if (wanted.test(text)) return true;
    }
    await page.waitForTimeout(500);
  }
  return false;
}

interface XTerm {
  open(element: unknown): void;
  write(text: string, done: () => void): void;
  resize(columns: number, rows: number): void;
  readonly buffer: { readonly active: { readonly baseY: number; readonly cursorY: number } };
}

/** Runs in the page. */
async function drawTerminal({ text, columns }: { text: string; columns: number }): Promise<void> {
  const { Terminal } = globalThis as unknown as { Terminal: new (options: object) => XTerm };
  const options = {
    cols: columns,
    rows: 50,
    scrollback: 500,
    fontFamily: 'DejaVu Sans Mono',
    fontSize: 13,
  };
  const terminal = new Terminal({
    ...options,
    theme: { background: '#1b1d22' },
    cursorInactiveStyle: 'none',
  });
  const { document } = globalThis as unknown as {
    document: { getElementById(id: string): unknown };
  };
  terminal.open(document.getElementById('t'));
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { baseY, cursorY } = terminal.buffer.active;
  terminal.resize(columns, baseY + cursorY + 1);
  await new Promise<void>((resolve) => terminal.write('', resolve));
}
