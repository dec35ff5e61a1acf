// Opens a report in Chromium, without a network, and prints a line for everything that is wrong with it.
//
//   node check.mjs PAGE.html [FOLDER]     with FOLDER, screenshots are written there

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [page, folder] = process.argv.slice(2);
const address = pathToFileURL(resolve(page)).href;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const problems = [];
const wrong = (where, what) => problems.push(`${where}: ${what}`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  timeout: 0,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
});
try {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 390]) await look(`${width} ${colorScheme}`, { colorScheme, width });
  }
  await sort();
  await print();
  await withoutScript();
} finally {
  await browser.close();
}
problems.forEach((problem) => console.log(problem));
process.exitCode = problems.length > 0 ? 1 : 0;

// A tab that has opened the page; every request, message and error of it is noted.
async function open(where, { width = 1280, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, offline: true, ...options });
  // A busy machine may take long.
  context.setDefaultTimeout(0);
  const tab = await context.newPage();
  tab.on('request', (request) => request.url() === address || wrong(where, `it requests ${request.url()}`));
  tab.on('console', (message) => wrong(where, `console: ${message.text()}`));
  tab.on('pageerror', (error) => wrong(where, `error: ${error.message}`));
  tab.on('dialog', (dialog) => { wrong(where, `a dialog: ${dialog.message()}`); dialog.dismiss(); });
  await tab.goto(address);
  return tab;
}

async function look(where, options) {
  const tab = await open(where, options);
  for (const problem of await tab.evaluate(faults)) wrong(where, problem);
  await tab.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
  if (folder) await tab.screenshot({ path: join(folder, `${where.replace(' ', '-')}.png`), fullPage: true });
  await tab.evaluate(axe);
  const { violations, passes } = await tab.evaluate('axe.run()');
  if (passes.length === 0) wrong(where, 'axe-core checked nothing');
  for (const { id, help, nodes } of violations) wrong(where, `axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(' | ')}`);
  await tab.context().close();
}

// Runs in the page: what no report may have.
function faults() {
  const found = [];
  const only = new Set(('html head meta title style body header div svg circle path p span h1 nav ul li a main section h2 dl dt dd data h3 ' +
    'rect table caption thead tr th tbody td tfoot button bdi code details summary ol strong footer script pre br').split(' '));
  for (const element of document.querySelectorAll('*')) {
    const name = element.localName;
    if (!only.has(name) && !(name === 'title' && element.closest('svg'))) found.push(`an element ${name}`);
    for (const { name: attribute, value } of element.attributes) {
      if (attribute.startsWith('on') || attribute === 'style' || attribute === 'src') found.push(`an attribute ${attribute}="${value}"`);
      if (attribute === 'href' && !document.getElementById(value.slice(1))) found.push(`a link to ${value}`);
    }
  }
  if (document.scripts.length !== 1) found.push(`${document.scripts.length} scripts`);
  if (document.styleSheets.length !== 1) found.push(`${document.styleSheets.length} styles`);
  if (window.executed) found.push('a script of a mail was executed');
  if (getComputedStyle(document.body).maxWidth === 'none') found.push('the style is not applied');
  if (document.documentElement.scrollWidth > innerWidth) found.push(`it is ${document.documentElement.scrollWidth} wide`);
  const levels = [...document.querySelectorAll('h1, h2, h3')].map((heading) => Number(heading.localName[1]));
  if (levels.filter((level) => level === 1).length !== 1) found.push('not one h1');
  if (levels.some((level, at) => level > (levels[at - 1] ?? 0) + 1)) found.push('a level of headings is left out');
  if (/[\u0000-\u0008\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent)) found.push('control characters');
  return found;
}

// Each column of the table of mailboxes sorts both ways, by mouse and by keyboard.
async function sort() {
  const tab = await open('sort');
  const columns = await tab.locator('table.mailboxes thead th').count();
  const rows = await tab.locator('table.mailboxes tbody tr').count();
  if (columns === 0 || rows < 3) wrong('sort', `there is little to sort: ${columns} columns, ${rows} rows`);
  for (let column = 0; column < columns; column += 1) {
    const heading = tab.locator('table.mailboxes thead th').nth(column);
    const first = await heading.evaluate((cell) => cell.classList.contains('n')) ? 'descending' : 'ascending';
    for (const order of [first, first === 'ascending' ? 'descending' : 'ascending']) {
      await heading.locator('button').focus();
      await tab.keyboard.press('Enter');
      if (await heading.getAttribute('aria-sort') !== order) wrong('sort', `column ${column} is not ${order}`);
      const cells = await tab.locator(`table.mailboxes tbody tr > :nth-child(${column + 1})`).evaluateAll((cells) =>
        cells.map((cell) => cell.dataset.v ?? cell.textContent.replaceAll(',', '')));
      const numbers = cells.every((cell) => /^\d+$/.test(cell));
      const sorted = numbers ? cells.map(Number).sort((a, b) => a - b).map(String)
        : [...cells].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
      if (order === 'descending') sorted.reverse();
      if (sorted.join() !== cells.join()) wrong('sort', `column ${column} ${order}: ${cells.join()}`);
      if (cells.length !== rows) wrong('sort', 'rows are lost');
    }
    const marked = await tab.locator('table.mailboxes [aria-sort]').count();
    if (marked !== 1) wrong('sort', `${marked} columns are marked as sorted`);
  }
  await tab.context().close();
}

// On paper everything is unfolded.
async function print() {
  const tab = await open('print');
  const pdf = await tab.pdf({ format: 'A4' });
  if (pdf.length < 5000) wrong('print', 'the PDF is empty');
  if (await tab.locator('details:not([open])').count() > 0) wrong('print', 'something is folded');
  await tab.context().close();
}

// Without its script the page is the same, but for the sorting.
async function withoutScript() {
  const tab = await open('no script', { javaScriptEnabled: false });
  if (await tab.locator('button').count() > 0) wrong('no script', 'a button that does nothing');
  if (await tab.locator('h1').count() !== 1) wrong('no script', 'no content');
  await tab.context().close();
}
