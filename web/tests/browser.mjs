// The page in Chromium, opened from disk with the network off. Every request, error, message and dialog is noted as wrong.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Nothing may take longer: so much that it is a fault, however slow the machine is. */
const LONG = 20 * 60_000;

const opened = new Set();

/** Closes what a test that failed left open. */
export async function closeAll() {
  for (const page of opened) await page.close();
}

/** Opens the page, in a browser with these flags; `close` returns what was wrong. */
export async function open(page, { width = 1280, init, flags = [], ...options } = {}) {
  // With a profile of its own on disk the browser keeps large blobs there, as it does for a person.
  const profile = mkdtempSync(join(tmpdir(), 'mbox2eml-page-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', ...flags],
    viewport: { width, height: 900 }, offline: true, acceptDownloads: true, locale: 'en-GB', timeout: LONG, ...options,
  });
  context.setDefaultTimeout(LONG);
  const tab = context.pages()[0];
  const address = pathToFileURL(page).href;
  const wrong = [];
  const downloads = [];
  await context.route('**', (route) => {
    if (route.request().url() === address) return route.continue();
    return route.abort();
  });
  // A worker of the page's own text, and what it gives to save, are no requests, but are listed as such.
  context.on('request', (request) => request.url() === address || request.url().startsWith('blob:null/') || wrong.push(`it requests ${request.url()}`));
  tab.on('console', (message) => wrong.push(`console: ${message.text()}`));
  tab.on('pageerror', (error) => wrong.push(`error: ${error.stack}`));
  tab.on('dialog', (dialog) => { if (dialog.type() !== 'beforeunload') wrong.push(`a dialog: ${dialog.message()}`); dialog.accept().catch(() => {}); });
  tab.on('download', (download) => downloads.push(download));
  for (const first of [init ?? []].flat()) await tab.addInitScript(first);
  await tab.goto(address);
  return new Page(context, tab, { wrong, downloads, profile });
}

class Page {
  constructor(context, tab, rest) {
    Object.assign(this, { context, tab, ...rest });
    opened.add(this);
  }

  key(key) {
    return this.tab.locator(`[data-key="${key}"]`);
  }

  /** Chooses files, and waits for what is in them. */
  async choose(files, which = 'mail') {
    await this.tab.locator(`#${which}-files`).setInputFiles(files);
    if (which === 'mail') await this.tab.waitForSelector('#found, #failed');
  }

  async chooseFolder(folder) {
    await this.tab.locator('#mail-folder').setInputFiles(folder);
    await this.tab.waitForSelector('#found, #failed');
  }

  /** From now on runs wait where they read this file from this byte on, with `canHold`. */
  hold(name, byte) {
    return this.tab.evaluate(([name, byte]) => window.hold(name, byte), [name, byte]);
  }

  release() {
    return this.tab.evaluate(() => window.release());
  }

  /** Waits until one more run waits. */
  async held() {
    await this.tab.waitForFunction(() => window.held > 0);
    await this.tab.evaluate(() => { window.held -= 1; });
  }

  /** Makes the ZIPs; returns them by name when they are saved. */
  async start() {
    const before = this.downloads.length;
    const downloads = this.key('place downloads');
    if (await downloads.count() > 0) await downloads.check();
    await this.key('start').click();
    return this.saved(before);
  }

  /** Waits for the end of a run. */
  async end() {
    await this.tab.waitForSelector('#outcome, #failed');
  }

  /** Waits for the end of a run and for its downloads, those from this number on; returns them by name. */
  async saved(before) {
    await this.end();
    const zips = await this.tab.locator('#zips li').count();
    while (this.downloads.length < before + zips) await this.tab.waitForEvent('download');
    const saved = new Map();
    for (const download of this.downloads.slice(before)) saved.set(download.suggestedFilename(), await download.path());
    return saved;
  }

  /** The bytes of a file that is offered at the end. */
  async offered(name) {
    const coming = this.tab.waitForEvent('download');
    await this.tab.locator('li', { hasText: name }).getByRole('button').click();
    return readFileSync(await (await coming).path());
  }

  unfold() {
    return this.tab.evaluate(() => document.querySelectorAll('main details').forEach((details) => { details.open = true; }));
  }

  text() {
    return this.tab.locator('main').innerText();
  }

  /** What axe-core finds, and whether everything fits the width. */
  async look(where, folder) {
    const was = this.wrong.length;
    await this.unfold();
    if (folder) await this.tab.screenshot({ path: join(folder, `${where}.png`), fullPage: true });
    await this.tab.evaluate(axe);
    const { violations, passes } = await this.tab.evaluate('axe.run()');
    if (passes.length === 0) this.wrong.push(`${where}: axe-core checked nothing`);
    for (const { id, help, nodes } of violations) {
      this.wrong.push(`${where}: axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(' | ')}`);
    }
    const wide = await this.tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) this.wrong.push(`${where}: it is ${wide} too wide`);
    return this.wrong.length - was;
  }

  async close() {
    opened.delete(this);
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
    return this.wrong;
  }
}
