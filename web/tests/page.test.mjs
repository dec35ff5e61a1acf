// Tests of the page against the native program.
//
//   PAGE=…/mbox2eml.html NATIVE=…/mbox2eml node --test tests/
//
// MBOX2EML_CORPUS, or else ../shared/corpus, is a folder with real mailboxes. LARGE=1 takes 256 MB instead of 24 MB, and 4 GiB
// in place of 96 MB. SCREENSHOTS is a folder for pictures.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { after, afterEach } from 'node:test';
import { closeAll, open } from './browser.mjs';
import { canHold } from './held.mjs';
import { importers } from '../src/importers.js';
import { Speaker } from '../src/said.js';
import { entries, mailbox, message, write, zip } from './mailbox.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '../..');
const page = resolve(process.env.PAGE ?? join(here, '../mbox2eml.html'));
const native = resolve(process.env.NATIVE ?? join(repository, 'target/release/mbox2eml'));
const large = process.env.LARGE === '1';
const pictures = process.env.SCREENSHOTS && resolve(process.env.SCREENSHOTS);
const corpus = [process.env.MBOX2EML_CORPUS, join(repository, '../shared/corpus')].find((folder) => folder && existsSync(folder));
const takeout = join(repository, 'testdata/takeout/takeout.mbox');
const scratch = mkdtempSync(join(tmpdir(), 'mbox2eml-web-'));
afterEach(closeAll);
after(() => rmSync(scratch, { recursive: true, force: true }));
const folder = (name) => { const path = join(scratch, name); mkdirSync(path, { recursive: true }); return path; };

/** What the native program writes of these inputs, and its summary. Paths are those that the page has. */
function converted(inputs, options = ['--for', 'zoho']) {
  const cwd = dirname(inputs[0]);
  const home = mkdtempSync(join(scratch, 'native-'));
  const ours = inputs.every((input) => input.startsWith(scratch));
  if (!ours) for (const input of inputs) cpSync(input, join(home, basename(input)), { recursive: true });
  const { stdout } = spawnSync(native, ['convert', '--json', '-q', '--threads', '1', ...options, '--manifest', 'ZIPs/manifest.csv',
    '--output', 'ZIPs/mail.zip', '--', ...inputs.map((input) => basename(input))], { cwd: ours ? cwd : home, encoding: 'utf8', maxBuffer: 1 << 28 });
  const out = join(home, 'made');
  renameSync(join(ours ? cwd : home, 'ZIPs'), out);
  const zips = readdirSync(out).filter((name) => name.endsWith('.zip'));
  return { summary: JSON.parse(stdout), manifest: readFileSync(join(out, 'manifest.csv')), zips: new Map(zips.map((name) => [name, join(out, name)])) };
}

/** Both programs wrote the same entries into the same ZIPs. */
function assertSame(saved, expected) {
  assert.deepEqual([...saved.keys()].sort(), [...expected.keys()].sort());
  for (const [name, path] of saved) {
    const [ours, theirs] = [entries(readFileSync(path)), entries(readFileSync(expected.get(name)))];
    assert.deepEqual([...ours.keys()], [...theirs.keys()], name);
    for (const [entry, { time, bytes }] of ours) {
      assert.equal(time, theirs.get(entry).time, entry);
      assert.ok(bytes.equals(theirs.get(entry).bytes), entry);
    }
  }
}

/** All entries of several ZIPs. Where one ZIP ends depends on how well each program compresses. */
const united = (zips) => new Map([...zips.values()].flatMap((path) => [...entries(readFileSync(path))].map(([name, { time, bytes }]) => [name, `${time} ${bytes.toString('latin1')}`])));

/** What a summary says, but for what differs from run to run. */
function comparable({ started, seconds, options, output, manifest, files, ...summary }) {
  return summary;
}

/** Converts in the page and natively, and compares all that is made. */
async function compare(inputs, { choose = (tab) => tab.choose(inputs) } = {}) {
  const expected = converted(inputs);
  const tab = await open(page);
  await choose(tab);
  const saved = await tab.start();
  assertSame(saved, expected.zips);
  const summary = JSON.parse(await tab.offered('summary.json'));
  assert.deepEqual(comparable(summary), comparable(expected.summary));
  // Names of volumes and all else in it are the same.
  assert.ok((await tab.offered('manifest.csv')).equals(expected.manifest), 'manifest');
  assert.match((await tab.offered('report.html')).toString(), /<meta name="generator" content="mbox2eml/);
  const text = await tab.text();
  const memory = Number(await tab.tab.locator('#outcome').getAttribute('data-memory'));
  assert.deepEqual(await tab.close(), []);
  return { expected, summary, text, memory, saved };
}

test('a mailbox of an export', async () => {
  const { text } = await compare([takeout]);
  assert.match(text, /^All 8 messages are in your ZIPs/);
  assert.match(text, /in Zoho Mail, Settings/i);
});

test('the exports of the corpus', { skip: corpus ? false : 'there is no folder with real mailboxes' }, async () => {
  const inputs = folder('corpus');
  for (const file of ['split/gyb-takeout-A-first12.mbox', ...readdirSync(join(corpus, 'src'), { recursive: true }).map((name) => join('src', name))]) {
    if (/takeout|suite-messages|mailbagit|gyb/i.test(file) && /\.mbox$/.test(file)) copyFileSync(join(corpus, file), join(inputs, file.replaceAll('/', '-')));
  }
  assert.ok(readdirSync(inputs).length > 2);
  await compare([inputs], { choose: (tab) => tab.chooseFolder(inputs) });
});

test('every mailbox of testdata, as a folder', async () => {
  const inputs = folder('all of testdata');
  for (const name of readdirSync(join(repository, 'testdata'))) {
    const from = join(repository, 'testdata', name);
    if (statSync(from).isDirectory()) cpSync(from, join(inputs, name), { recursive: true, filter: (file) => !/\.expected$/.test(file) });
  }
  await compare([inputs], { choose: (tab) => tab.chooseFolder(inputs) });
});

test('an export in three parts, and a second one after it', async () => {
  const parts = folder('parts');
  const each = (large ? 256 : 24) * 1e6 / 3;
  const inputs = [];
  for (const n of [1, 2, 3]) {
    const path = join(parts, `takeout-20240501T101112Z-00${n}.zip`);
    const bytes = Buffer.concat([...mailbox(each, n * 1_000_000)]);
    writeFileSync(path, zip({ [`Takeout/Mail/Part ${n}.mbox`]: bytes, 'Takeout/archive_browser.html': Buffer.from('<!DOCTYPE html>') }));
    inputs.push(path);
  }
  const expected = converted(inputs);
  const tab = await open(page);
  await tab.choose(inputs);
  const began = Date.now();
  assertSame(await tab.start(), expected.zips);
  console.log(`# ${3 * each / 1e6} MB in three parts: ${((Date.now() - began) / 1000).toFixed(1)} s, natively ${expected.summary.seconds.toFixed(1)} s`);
  // The page takes another export, and nothing is left of the first.
  await tab.key('again').click();
  assert.equal(await tab.tab.locator('.files li').count(), 0);
  await tab.choose([takeout]);
  assertSame(await tab.start(), converted([takeout]).zips);
  assert.deepEqual(await tab.close(), []);
});

test('a .tgz', async () => {
  const inputs = folder('tgz');
  const path = join(inputs, 'takeout.tgz');
  execFileSync('tar', ['--create', '--gzip', '--file', path, '--directory', join(repository, 'testdata'), 'takeout']);
  await compare([path]);
});

test('damaged ZIPs: what can be read is converted, and the rest is named', async () => {
  const inputs = folder('damaged');
  const whole = zip({ 'Takeout/Mail/Inbox.mbox': Buffer.concat([...mailbox(2e6)]), 'Takeout/Mail/Sent.mbox': Buffer.concat([...mailbox(1e6, 5000)]) });
  const cut = join(inputs, 'cut.zip');
  writeFileSync(cut, whole.subarray(0, Math.trunc(whole.length * 0.6)));
  const changed = join(inputs, 'changed.zip');
  const bytes = Buffer.from(whole);
  const at = Math.trunc(bytes.length / 3);
  bytes.fill(0xff, at, at + 64);
  writeFileSync(changed, bytes);
  for (const path of [cut, changed]) {
    const { text, summary } = await compare([path]);
    assert.ok(summary.failed.length > 0);
    assert.match(text, /could not be read/);
    assert.match(text, /download the file again/i);
    assert.doesNotMatch(text, /run the same command/);
  }
});

test('memory does not depend on the size of the mailbox', async () => {
  const inputs = folder('large');
  const path = join(inputs, 'All mail.mbox');
  const bytes = large ? 2 ** 32 : 96e6;
  await write(path, mailbox(bytes));
  const tab = await open(page);
  const began = Date.now();
  await tab.choose([path]);
  const inspected = Date.now();
  const before = tab.downloads.length;
  await tab.key('place downloads').check();
  await tab.key('start').click();
  let heap = 0;
  const renderers = () => execFileSync('ps', ['-eo', 'rss,args']).toString().split('\n').filter((line) => line.includes(tab.profile) || /--type=renderer/.test(line));
  for (;;) {
    for (const line of renderers()) heap = Math.max(heap, Number.parseInt(line, 10));
    if (await tab.tab.locator('#outcome, #failed').count() > 0) break;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
  const saved = await tab.saved(before);
  const memory = Number(await tab.tab.locator('#outcome').getAttribute('data-memory'));
  const out = folder('large-out');
  for (const [name, file] of saved) copyFileSync(file, join(out, name));
  execFileSync(native, ['verify', '-q', '--for', 'zoho', path, join(out, 'mail.zip')]);
  console.log(`# ${(bytes / 1e6).toFixed(0)} MB: ${saved.size} ZIPs, memory of the module ${(memory / 1e6).toFixed(0)} MB, largest process ${(heap / 1e3).toFixed(0)} MB; ` +
    `looked at in ${((inspected - began) / 1000).toFixed(0)} s, converted in ${((Date.now() - inspected) / 1000).toFixed(0)} s`);
  assert.ok(memory < 128e6, `${memory} bytes`);
  assert.deepEqual(await tab.close(), []);
});

test('a run can be stopped, and the next one is whole', async () => {
  const inputs = folder('stopped');
  const path = join(inputs, 'All mail.mbox');
  await write(path, mailbox(10e6));
  const tab = await open(page, { init: canHold });
  await tab.choose([path]);
  await tab.key('place downloads').check();
  await tab.hold('All mail.mbox', 8 << 20);
  await tab.key('start').click();
  await tab.held();
  // It shows how far it is, and nothing else can be begun beside it.
  assert.match(await tab.text(), /\d\d % read.*messages in \d.* so far/s);
  assert.ok(Number(await tab.tab.locator('#working progress').getAttribute('value')) > 0.3);
  assert.ok(await tab.tab.locator('#convert').isDisabled() && await tab.tab.locator('#check').isDisabled());
  await tab.key('stop').click();
  await tab.tab.waitForSelector('#outcome');
  assert.match(await tab.text(), /^Stopped/);
  assert.equal(tab.downloads.length, 0);
  // What was chosen is still there.
  await tab.key('back').click();
  assert.match(await tab.tab.locator('#found').innerText(), /1,430/);
  assert.ok(await tab.key('place downloads').isChecked());
  await tab.key('mail-again').click();
  // While files are looked at, too.
  await tab.hold('All mail.mbox', 0);
  await tab.tab.locator('#mail-files').setInputFiles([path]);
  await tab.held();
  await tab.key('stop').click();
  await tab.key('mail-choose-files').waitFor();
  assert.equal(await tab.tab.locator('.files li').count(), 0);
  // While ZIPs are checked, too.
  const made = converted([path]);
  await tab.tab.locator('#check').click();
  await tab.choose([...made.zips.values()], 'zips');
  await tab.tab.locator('#mail-files').setInputFiles([path]);
  await tab.key('start').click();
  await tab.held();
  await tab.key('stop').click();
  await tab.release();
  await tab.key('start').click();
  await tab.end();
  assert.match(await tab.text(), /^The ZIPs are complete/);
  await tab.tab.locator('#convert').click();
  await tab.choose([takeout]);
  assertSame(await tab.start(), converted([takeout]).zips);
  assert.deepEqual(await tab.close(), []);
});

/** A folder of the user, in the memory of the page: what `showDirectoryPicker` would give. */
function fakeFolder() {
  window.written = new Map();
  const handle = (name) => ({
    kind: 'file', name,
    getFile: async () => new File([window.written.get(name)], name),
    createWritable: async () => {
      const parts = [];
      return {
        write: async (blob) => { parts.push(blob); },
        close: async () => { window.written.set(name, new Blob(parts)); },
        abort: async () => {},
      };
    },
  });
  window.showDirectoryPicker = async () => ({
    async *entries() { for (const name of window.written.keys()) yield [name, handle(name)]; },
    getFileHandle: async (name, { create } = {}) => {
      if (!window.written.has(name)) {
        if (!create) throw new DOMException('there is none', 'NotFoundError');
        window.written.set(name, new Blob([]));
      }
      return handle(name);
    },
    removeEntry: async (name) => { window.written.delete(name); },
  });
}

test('into a folder: nothing is written twice or over another file, and a second run finds it', async () => {
  const inputs = folder('folder');
  const path = join(inputs, 'All mail.mbox');
  await write(path, mailbox(6e6));
  const tab = await open(page, { init: [fakeFolder, canHold] });
  const names = () => tab.tab.evaluate(() => [...window.written.keys()].sort());
  const make = async (size) => {
    await tab.choose([path]);
    await tab.key('place folder').check();
    if (size) {
      await tab.key('fewer').locator('summary').click();
      await tab.key('zipSize').fill(size);
    }
    await tab.key('start').click();
    await tab.end();
  };
  await make('1');
  const several = await names();
  assert.ok(several.filter((name) => /^mail-00\d\.zip$/.test(name)).length > 2, several.join());
  assert.deepEqual(several.filter((name) => !name.endsWith('.zip')), ['manifest.csv', 'report.html', 'summary.json']);
  const zips = async () => {
    const out = mkdtempSync(join(scratch, 'written-'));
    const saved = new Map();
    for (const name of (await names()).filter((name) => name.endsWith('.zip'))) {
      saved.set(name, join(out, name));
      writeFileSync(saved.get(name), Buffer.from((await tab.tab.evaluate(async (name) => {
        const text = new Uint8Array(await window.written.get(name).arrayBuffer());
        return Array.from(text, (byte) => String.fromCharCode(byte)).join('');
      }, name)), 'latin1'));
    }
    return saved;
  };
  const bytes = (name) => tab.tab.evaluate(async (name) => [...new Uint8Array(await window.written.get(name).slice(0, 1e6).arrayBuffer())].join(), name);
  const first = await bytes('mail-001.zip');
  // Again: all there. The other files get names of their own.
  await tab.key('again').click();
  await make('1');
  assert.match(await tab.text(), /Already there/);
  assert.ok((await names()).includes('report-2.html'));
  assert.equal(await bytes('mail-001.zip'), first);
  // Something else has the names.
  await tab.key('again').click();
  await make();
  assert.match(await tab.text(), /mail-001\.zip/);
  assert.equal(await bytes('mail-001.zip'), first);
  // A single ZIP, although several were expected, has its name.
  await tab.tab.evaluate(() => window.written.clear());
  await tab.key('again').click();
  await make('5');
  assertSame(await zips(), converted([path], ['--for', 'zoho', '--zip-max-size', '5MB']).zips);
  // A run that is stopped leaves what is complete, and the next one goes on after it.
  await tab.tab.evaluate(() => window.written.clear());
  await write(path, mailbox(12e6));
  await tab.key('again').click();
  await tab.choose([path]);
  await tab.key('fewer').locator('summary').click();
  await tab.key('zipSize').fill('1');
  await tab.hold('All mail.mbox', 8 << 20);
  await tab.key('start').click();
  await tab.held();
  await tab.key('stop').click();
  await tab.tab.waitForSelector('#outcome');
  const complete = await zips();
  assert.deepEqual([...complete.keys()], await names());
  assert.ok(complete.size > 0);
  assert.match(await tab.text(), new RegExp(`^Stopped\\s+${complete.size} finished ZIPs? (is|are) in the folder`));
  await tab.release();
  await tab.key('again').click();
  await make('1');
  assert.match(await tab.text(), /Already there/);
  const whole = await zips();
  assert.ok(whole.size > complete.size);
  for (const [name, at] of complete) assert.ok(readFileSync(at).equals(readFileSync(whole.get(name))), name);
  assert.deepEqual(united(whole), united(converted([path]).zips));
  // What is in the folder is checked, and then the next step is to import it.
  await tab.key('check-again').click();
  await tab.tab.waitForFunction(() => document.querySelector('#check[aria-pressed=true]') && document.getElementById('outcome'));
  assert.match(await tab.text(), /^The ZIPs are complete: 1,616 messages, no difference.*in Zoho Mail/is);
  assert.deepEqual(await tab.close(), []);
});

test('what is chosen is what is converted', async () => {
  const tab = await open(page);
  await tab.choose([takeout]);
  await tab.key('fewer').locator('summary').click();
  await tab.key('since').fill('2024-01-01');
  await tab.key('until').fill('2024-04-02');
  await tab.key('dedup').selectOption('id');
  await tab.key('label Sent').uncheck();
  const saved = await tab.start();
  const options = ['--for', 'zoho', '--since', '2024-01-01', '--until', '2024-04-02', '--dedup', 'id', '--not-label', 'Sent'];
  const expected = converted([takeout], options);
  assert.ok(expected.summary.messages.filtered > 2);
  assertSame(saved, expected.zips);
  assert.match(await tab.text(), /Left out as chosen/);
  // Nothing matches.
  await tab.key('again').click();
  await tab.choose([takeout]);
  await tab.key('fewer').locator('summary').click();
  await tab.key('since').fill('2090-01-01');
  assert.equal((await tab.start()).size, 0);
  assert.match(await tab.text(), /None of the messages matches/);
  // No day is in the period.
  await tab.key('again').click();
  await tab.choose([takeout]);
  await tab.key('fewer').locator('summary').click();
  await tab.key('since').fill('2024-02-01');
  await tab.key('until').fill('2024-01-01');
  assert.equal((await tab.start()).size, 0);
  assert.match(await tab.text(), /The first day is after the last one/i);
  // Another importer.
  await tab.key('again').click();
  await tab.choose([takeout]);
  await tab.key('importer').selectOption('gmail');
  assertSame(await tab.start(), converted([takeout], ['--for', 'gmail']).zips);
  assert.deepEqual(await tab.close(), []);
});

test('ZIPs are checked, with the export, with the manifest, and with both', async () => {
  const made = converted([takeout]);
  const at = dirname([...made.zips.values()][0]);
  const zips = [...made.zips.values()];
  const broken = join(folder('broken'), 'mail.zip');
  writeFileSync(broken, zip(Object.fromEntries([...entries(readFileSync(zips[0]))].slice(1).map(([name, { bytes }], n) => [name, n === 0 ? Buffer.concat([bytes, Buffer.from('x')]) : bytes]))));
  const tab = await open(page);
  for (const [given, mail, words] of [
    [zips, [takeout], /complete: 8 messages, no difference/],
    [[...zips, join(at, 'manifest.csv')], [], /complete: 8 messages, no difference/],
    [[...zips, join(at, 'manifest.csv')], [takeout], /complete: 8 messages, no difference/],
    [[broken], [takeout], /1 message is missing.*1 message is different/s],
    [zips, [], /Give the export from Google, or the manifest/],
    [[join(at, 'manifest.csv')], [takeout], /no ZIP among the files/],
  ]) {
    await tab.tab.locator('#convert').click();
    await tab.tab.locator('#check').click();
    await tab.choose(given, 'zips');
    if (mail.length > 0) await tab.tab.locator('#mail-files').setInputFiles(mail);
    await tab.key('start').click();
    await tab.end();
    assert.match(await tab.text(), words);
  }
  assert.deepEqual(await tab.close(), []);
});

test('ZIPs that were saved as downloads are checked, as they were made', async () => {
  const tab = await open(page);
  await tab.choose([takeout]);
  await tab.key('fewer').locator('summary').click();
  await tab.key('label Sent').uncheck();
  const saved = await tab.start();
  const zips = folder('saved');
  for (const [name, at] of saved) copyFileSync(at, join(zips, name));
  await tab.key('check-again').click();
  assert.match(await tab.text(), /Choose the ZIPs that the browser saved/);
  await tab.choose([...saved.keys()].map((name) => join(zips, name)), 'zips');
  await tab.key('start').click();
  await tab.end();
  assert.match(await tab.text(), /^The ZIPs are complete: \d messages, no difference.*in Zoho Mail/is);
  assert.deepEqual(await tab.close(), []);
});

test('hostile subjects, labels and names do nothing to the page', async () => {
  const inputs = folder('hostile');
  const evil = '<img src=x onerror="window.executed=1"><script>window.executed=1</script>';
  const lines = [];
  for (const [n, text] of [evil, '\u202Eevil', '"><svg onload=window.executed=1>', "'; window.executed=1; '", '{{n}}', 'a\u0000b\u001b[2J', '</script><script>window.executed=1</script>', '__proto__'].entries()) {
    const word = `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
    lines.push(`From ${n}@xxx Mon Jan 1 00:00:0${n} +0000 2024\r\nX-Gmail-Labels: ${word}\r\nSubject: ${word}\r\nFrom: ${word}\r\n\r\nbody\r\n\r\nFrom here on ${'x'.repeat(1200)}\r\n\r\n`);
  }
  const path = join(inputs, '<b onmouseover=window.executed=1>&amp;.mbox');
  writeFileSync(path, lines.join(''));
  const cut = join(inputs, "<img src=x onerror='window.executed=1'>.zip");
  writeFileSync(cut, zip({ [`${evil.replaceAll('/', '')}.mbox`]: Buffer.from(lines.join('')) }).subarray(0, 900));
  const option = join(inputs, '--help *[x].mbox');
  copyFileSync(path, option);
  const tab = await open(page);
  await tab.choose([path, cut, option]);
  const hostile = () => tab.tab.evaluate(() => ({
    executed: window.executed,
    elements: [...document.querySelectorAll('main img, main svg, main script, main b, main [onerror], main [onmouseover]')].length,
    controls: /[\u0000-\u0008\u001b\u202a-\u202e]/.test(document.body.textContent.replace(document.getElementById('wasm').textContent, '')),
    scripts: document.scripts.length,
    polluted: ({}).n,
  }));
  const harmless = { executed: undefined, elements: 0, controls: false, scripts: 2, polluted: undefined };
  await tab.unfold();
  assert.deepEqual(await hostile(), harmless);
  assert.ok((await tab.text()).includes(evil), 'it is shown as text');
  await tab.start();
  await tab.unfold();
  assert.deepEqual(await hostile(), harmless);
  assert.deepEqual(await tab.close(), []);
});

const withoutVectors = { flags: ['--js-flags=--no-enable-sse4-1'] };

test('a browser without vector instructions is shown the other page', async () => {
  const tab = await open(page, withoutVectors);
  for (const mode of ['check', 'convert']) {
    await tab.tab.locator(`#${mode}`).click();
    assert.match(await tab.text(), /needs vector instructions/);
    assert.equal(await tab.tab.locator('#cannot a').getAttribute('href'), 'mbox2eml-no-simd.html');
  }
  assert.equal(await tab.tab.locator('.drop').count(), 0);
  assert.deepEqual(await tab.close(), []);
});

const slower = resolve(process.env.SLOWER_PAGE ?? join(here, '../mbox2eml-no-simd.html'));
test('the other page does the same', { skip: existsSync(slower) ? false : `${slower} is not built` }, async () => {
  const tab = await open(slower, withoutVectors);
  await tab.choose([takeout]);
  assertSame(await tab.start(), converted([takeout]).zips);
  assert.deepEqual(await tab.close(), []);
});

test('the page can make no request, keeps nothing, and says so', async () => {
  const html = readFileSync(page, 'utf8');
  const policy = html.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)[1];
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]+' 'wasm-unsafe-eval'; style-src 'sha256-[A-Za-z0-9+/=]+'; worker-src blob:; base-uri 'none'; form-action 'none'$/);
  assert.doesNotMatch(html.replace(/<script type="text\/plain"[^>]*>[^<]*/, ''), /localStorage|sessionStorage|indexedDB|document\.cookie|sendBeacon|XMLHttpRequest|innerHTML|\beval\(/);
  assert.ok(statSync(page).size <= 1_500_000, `${statSync(page).size} bytes`);
  const tab = await open(page);
  const refused = await tab.tab.evaluate(async () => {
    const no = [];
    await fetch('https://example.org/').catch(() => no.push('fetch'));
    await new Promise((resolve) => { const image = new Image(); image.onerror = resolve; image.src = 'https://example.org/a.png'; }).then(() => no.push('image'));
    try { new Function('return 1')(); } catch { no.push('code'); }
    return no;
  });
  assert.deepEqual(refused, ['fetch', 'image', 'code']);
  assert.match(await tab.tab.locator('footer').innerText(), /makes no request, stores nothing/);
  const wrong = await tab.close();
  // They were refused by the policy, and not by the network.
  assert.ok(wrong.every((line) => /Content.Security.Policy|^it requests/.test(line)), wrong.join('\n'));
  assert.ok(wrong.some((line) => /connect-src|default-src/.test(line)));
});

for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']]) {
  test(`every step, ${width} wide and ${colorScheme}: axe-core finds nothing, and nothing is cut off`, async () => {
    const inputs = folder(`look ${width} ${colorScheme}`);
    const cut = join(inputs, 'takeout-20240501T101112Z-001.zip');
    const whole = zip({ 'Takeout/Mail/Inbox.mbox': Buffer.concat([...mailbox(3e6)]) });
    writeFileSync(cut, whole.subarray(0, Math.trunc(whole.length / 2)));
    const long = join(inputs, 'All mail.mbox');
    await write(long, mailbox(10e6));
    const tab = await open(page, { width, colorScheme, reducedMotion: 'reduce', locale: colorScheme === 'dark' ? 'de-DE' : 'en-GB', init: canHold });
    let step = 0;
    const at = (what) => tab.look(`${width}-${colorScheme}-${step += 1}-${what}`, pictures);
    await at('begin');
    await tab.choose([long]);
    await at('found');
    await tab.hold('All mail.mbox', 8 << 20);
    await tab.key('place downloads').check();
    await tab.key('start').click();
    await tab.held();
    await at('working');
    await tab.key('stop').click();
    await tab.tab.waitForSelector('#outcome');
    await at('stopped');
    await tab.release();
    await tab.key('again').click();
    await tab.choose([takeout, cut]);
    await at('found-damaged');
    await tab.start();
    await at('partly');
    await tab.key('again').click();
    await tab.choose([takeout]);
    const saved = await tab.start();
    await at('done');
    await tab.tab.locator('#check').click();
    await at('check');
    const zips = [...saved].map(([name, from]) => { copyFileSync(from, join(inputs, name)); return join(inputs, name); });
    await tab.choose(zips, 'zips');
    await tab.tab.locator('#mail-files').setInputFiles([takeout]);
    await tab.key('start').click();
    await tab.end();
    await at('checked');
    assert.deepEqual(await tab.close(), []);
  });
}

test('with the keyboard alone, and announced to those who hear it', async () => {
  const tab = await open(page);
  // From now on, so that it is there in time.
  const chooser = tab.tab.waitForEvent('filechooser');
  const focus = () => tab.tab.evaluate(() => document.activeElement.dataset.key ?? document.activeElement.id);
  const seen = [];
  for (let n = 0; n < 8 && seen.at(-1) !== 'mail-choose-folder'; n += 1) {
    await tab.tab.keyboard.press('Tab');
    seen.push(await focus());
  }
  assert.deepEqual(seen, ['convert', 'check', 'language', 'mail-choose-files', 'mail-choose-folder']);
  await tab.tab.keyboard.press('Shift+Tab');
  await tab.tab.keyboard.press('Enter');
  await (await chooser).setFiles([takeout]);
  await tab.tab.waitForSelector('#found');
  assert.equal(await focus(), 'found');
  assert.equal(await tab.tab.locator('#live').innerText(), 'What is in it');
  for (let n = 0; n < 40 && await focus() !== 'place folder' && await focus() !== 'start'; n += 1) await tab.tab.keyboard.press('Tab');
  if (await focus() === 'place folder') {
    await tab.tab.keyboard.press('ArrowDown');
    await tab.tab.keyboard.press('Tab');
  }
  assert.equal(await focus(), 'start');
  await tab.tab.keyboard.press('Enter');
  await tab.end();
  assert.equal(await focus(), 'outcome');
  assert.match(await tab.tab.locator('#live').innerText(), /All 8 messages/);
  assert.deepEqual(await tab.close(), []);
});

test('in German, by the browser and by choice', async () => {
  const tab = await open(page, { locale: 'de-AT' });
  assert.equal(await tab.tab.locator('html').getAttribute('lang'), 'de');
  await tab.choose([takeout]);
  await tab.start();
  assert.match(await tab.text(), /Alle 8 Nachrichten sind in Ihren ZIPs.*Wählen Sie in Zoho Mail/s);
  await tab.tab.locator('#language').selectOption('en');
  assert.match(await tab.text(), /All 8 messages are in your ZIPs/);
  await tab.tab.locator('#language').selectOption('de');
  // What the program says is German, too.
  await tab.key('again').click();
  const cut = join(folder('german'), 'takeout.zip');
  const whole = zip({ 'Takeout/Mail/Inbox.mbox': Buffer.concat([...mailbox(3e6)]) });
  writeFileSync(cut, whole.subarray(0, Math.trunc(whole.length / 2)));
  await tab.choose([cut, join(repository, 'testdata/mixed/forwarded.mbox'), join(repository, 'testdata/not-an-mbox/page.html')]);
  const english = () => tab.tab.locator('main [lang=en]:not(pre)').allTextContents();
  assert.deepEqual(await english(), []);
  await tab.start();
  await tab.unfold();
  assert.match(await tab.text(), /aber nicht alles ging gut.*Das Archiv ist an seinem Byte.*Laden Sie die Datei noch einmal herunter.*Anmerkungen/s);
  assert.deepEqual(await english(), []);
  assert.deepEqual(await tab.close(), []);
});

test('each kind of warning and each importer has words', () => {
  const read = (path) => JSON.parse(readFileSync(join(repository, path), 'utf8'));
  const { texts } = read('web/lang/en.json');
  const kinds = read('docs/json-schema/summary.schema.json').$defs.warning.properties.kind.enum;
  assert.deepEqual(kinds.filter((kind) => !texts[`warning.${kind}`]), []);
  const listed = execFileSync(native, ['importers'], { encoding: 'utf8' }).match(/^[a-z-]+(?=:)/gm);
  assert.deepEqual(listed, importers.map(({ name }) => name).filter((name) => name));
  // What it writes as the next step has a German text.
  const speaker = new Speaker(read('web/lang/en.json').phrases, read('web/lang/de.json').program, String);
  for (const importer of listed) {
    const next = converted([takeout], ['--for', importer]).summary.next;
    assert.notEqual(speaker.translated(next), null, next);
  }
});

test('a part of an export that is missing is not overlooked', async () => {
  const parts = folder('missing part');
  const inputs = [1, 3].map((n) => {
    const path = join(parts, `takeout-20240501T101112Z-00${n}.zip`);
    writeFileSync(path, zip({ [`Takeout/Mail/Part ${n}.mbox`]: Buffer.from(message(n, 10)) }));
    return path;
  });
  const tab = await open(page);
  await tab.choose(inputs);
  assert.match(await tab.text(), /Some mail may be missing.*part 002 of this export is missing: download it/s);
  await tab.start();
  assert.match(await tab.text(), /^2 messages are in your ZIPs, but the export may be incomplete.*part 002 of this export is missing.*Your ZIP/s);
  assert.equal(await tab.tab.locator('h1.good').count(), 0);
  assert.deepEqual(await tab.close(), []);
});

test('what is no mail is refused in words', async () => {
  const inputs = folder('others');
  const tab = await open(page);
  for (const [name, bytes, words] of [
    ['empty.mbox', '', /There is no message|empty/],
    ['holiday.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), /no mailbox|not an mbox|There is no message/i],
    ['takeout.zip', '<!DOCTYPE html><html>', /web page/],
  ]) {
    const path = join(inputs, name);
    writeFileSync(path, bytes);
    await tab.choose([path]);
    assert.match(await tab.text(), words, name);
    await tab.key('mail-again').click();
  }
  assert.deepEqual(await tab.close(), []);
});

test('a second drop adds to the first, and a file twice is one', async () => {
  const tab = await open(page, { init: canHold });
  const drop = (names) => tab.tab.evaluate(({ names, text }) => {
    const transfer = new DataTransfer();
    for (const name of names) transfer.items.add(new File([text], name, { lastModified: 1 }));
    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, { names, text: message(1, 100) });
  const both = () => tab.tab.waitForFunction(() => document.querySelectorAll('.files li').length === 2 && document.getElementById('found'));
  // While the first one is looked at.
  await tab.hold('one.mbox', 0);
  await drop(['one.mbox']);
  await tab.held();
  await tab.release();
  await drop(['one.mbox', 'two.mbox']);
  await both();
  assert.match(await tab.text(), /Messages\s+2\s/);
  // After it.
  await tab.key('mail-again').click();
  await drop(['one.mbox']);
  await tab.tab.waitForSelector('#found');
  await drop(['two.mbox', 'one.mbox']);
  await both();
  assert.match(await tab.text(), /Messages\s+2\s/);
  // A file dropped beside the result starts again.
  await tab.start();
  await tab.tab.evaluate((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'three.mbox'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, message(1, 100));
  await tab.tab.waitForSelector('#found');
  assert.deepEqual(await tab.tab.locator('.files li bdi').allInnerTexts(), ['three.mbox']);
  assert.deepEqual(await tab.close(), []);
});
