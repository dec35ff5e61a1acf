// What the program says, and the languages of the page: each kind of warning, error and advice that a person may meet there.
//
//   NATIVE=…/mbox2eml node --test tests/words.test.mjs

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import test, { after } from 'node:test';
import { Speaker } from '../src/said.js';
import { mailbox, message, zip } from './mailbox.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const native = resolve(process.env.NATIVE ?? join(repository, 'target/release/mbox2eml'));
const testdata = join(repository, 'testdata');
const scratch = mkdtempSync(join(tmpdir(), 'mbox2eml-words-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const language = (code) => JSON.parse(readFileSync(join(repository, `web/lang/${code}.json`), 'utf8'));
const [english, ...others] = ['en', ...readdirSync(join(repository, 'web/lang')).map((file) => file.slice(0, -5)).filter((code) => code !== 'en')]
  .map((code) => ({ code, ...language(code) }));
const speaker = (program) => new Speaker(english.phrases, program, String);

/** An mbox of these messages. */
const mbox = (...messages) => messages.map((text, n) => `From a@example.org Mon Jan  1 00:00:0${n} 2024\n${text}\n\n`).join('');
const letter = (header = '', body = 'Body') => `From: ann@example.org\nDate: Mon, 01 Jan 2024 00:00:00 +0000\nMessage-ID: <${header.length}.${body.length}@example.org>\n${header}\n${body}`;

/** A Takeout's message with these labels. */
const labelled = (labels) => mbox(`X-GM-THRID: 1\nX-Gmail-Labels: ${labels}\n${letter()}`).replace('a@example.org', '1@xxx');

/** A mailbox of 3 MB that hardly gets smaller. */
const large = () => Buffer.concat([...mailbox(3e6)]);
const cut = (bytes, part) => bytes.subarray(0, Math.trunc(bytes.length * part));

/** The same ZIP with another byte somewhere in its directory, as many times as it has files. */
function patched(archive, offset, ...bytes) {
  const copy = Buffer.from(archive);
  for (let at = copy.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = copy.indexOf('PK\x01\x02', at + 4, 'latin1')) copy.set(bytes, at + offset);
  return copy;
}

/** A Vault export whose metadata were changed. */
function vault(change) {
  const from = join(testdata, 'vault/classic');
  return Object.fromEntries(readdirSync(from).map((name) => {
    const bytes = readFileSync(join(from, name));
    return [`export/${name}`, name.endsWith('metadata.xml') ? change(bytes.toString()) : bytes];
  }));
}

/** Files that show what testdata does not, and the options that it takes. */
const cases = [
  [{ 'mail.mbox': mbox(letter('', 'a\0b'), letter('', 'a\rb'), letter('Content-Type: text/plain; charset=iso-8859-1\n', 'a\ufffdb'),
    letter('', 'x'.repeat(1200)), 'Date: Mon, 01 Jan 2024 00:00:00 +0000\n\nno sender', `From: b@example.org\n${letter()}`,
    'From: ann@example.org\n\nno date', letter('X Y : z\n')) }],
  [{ 'mail.mbox': mbox('Message-ID: <1@example.org>\n\none', 'Message-ID: <1@example.org>\n\ntwo') }, ['--dedup', 'id']],
  [{ 'mail.mbox': labelled(Array.from({ length: 120 }, (_, n) => `L${n}`).join()) }, ['--layout', 'label', '--label-copies', 'all']],
  [{ 'mail.mbox': labelled(`${'Long/'.repeat(80)}end`) }, ['--layout', 'label']],
  [{ 'mail.mbox': mbox(letter('', 'large\n'.repeat(8_000_000))) }],
  [{ 'mail.mbox': mbox(letter(), letter('', createHash('shake256', { outputLength: 1_000_000 }).digest('hex'))) }, ['--zip-max-size', '1MB']],
  [{ 'mail.mbox': mbox(letter()) }, ['--label', 'Nothing', '--label', 'Inbox']],
  [{ 'mail.mbox': `something else\n\n${mbox(letter())}` }, ['--split', 'any']],
  [{ 'mail.mbox': mbox(letter(`DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=a; h=from; bh=${Buffer.alloc(32).toString('base64')}; b=AA==\n`)) }, ['--prove']],
  ...[[1, 3, 6], [1, 12]].map((parts) => [Object.fromEntries(parts.map((n) =>
    [`takeout-20240501T101112Z-${String(n).padStart(3, '0')}.zip`, zip({ [`Takeout/Mail/${n}.mbox`]: Buffer.from(message(n, 10)) })]))]),
  [Object.fromEntries(['takeout-20240501T101112Z-001.zip', 'takeout-20240501T101112Z-001 (1).zip', 'takeout-20240501T101112Z-003.zip']
    .map((name, n) => [name, zip({ 'Takeout/Mail/All.mbox': Buffer.from(message(n >> 1, 10)) })]))],
  // Vault exports: a record is wrong, is missing, is there twice; a file is damaged, is in an archive of another kind.
  [vault((xml) => xml.replace("FileSize='215'", "FileSize='216'"))],
  [vault((xml) => xml.replace('28e4efe3', '00000000'))],
  [vault((xml) => xml.replace(/<Document DocID='1795133590861774849[^]*?<\/Document>/, ''))],
  [vault((xml) => xml.replace(/<Document DocID='1795133590861774849[^]*?<\/Document>/, (one) => one + one))],
  [vault((xml) => xml.slice(0, 2000))],
  [Object.fromEntries(Object.entries(vault((xml) => xml)).filter(([name]) => !/bob.*mbox$/.test(name)))],
  [vault((xml) => xml.replaceAll("DocID='", "X='").replaceAll("FileName='", "Y='"))],
  // Archives: damaged, cut, encrypted, packed in another way, in one another.
  ...[0.3, 0.6, 0.999].map((part) => [{ 'cut.zip': cut(zip({ 'Takeout/Mail/Inbox.mbox': large(), 'Takeout/Mail/Sent.mbox': large() }), part) }]),
  [{ 'changed.zip': (() => { const whole = zip({ 'Takeout/Mail/Inbox.mbox': large() }); whole.fill(0xff, 1e5, 1e5 + 64); return whole; })() }],
  [{ 'sum.zip': patched(zip({ 'Inbox.mbox': Buffer.from(message(1, 10)) }), 16, 1, 2, 3, 4) }],
  [{ 'size.zip': patched(zip({ 'Inbox.mbox': Buffer.from(message(1, 10)) }), 24, 1) }],
  [{ 'encrypted.zip': patched(zip({ 'Inbox.mbox': Buffer.from(message(1, 10)), 'notes.txt': Buffer.from('notes') }), 8, 1, 8) }],
  [{ 'method.zip': patched(zip({ 'Inbox.mbox': Buffer.from(message(1, 10)) }), 10, 12) }],
  [{ 'nested.zip': zip({ 'takeout.zip': zip({ 'Inbox.mbox': Buffer.from(message(1, 10)) }) }) }],
  [{ 'other.zip': zip({ 'photo.jpg': Buffer.from('no mail') }) }],
  [{ 'web.zip': '<!DOCTYPE html><html>', 'empty.tgz': '', 'text.zip': 'text' }],
  [{ 'cut.tgz': cut(gzipSync(large()), 0.5), 'cut.mbox.gz': cut(gzipSync(large()), 0.5) }],
  [{ 'mail.7z': Buffer.from('377abcaf271c0004', 'hex'), 'mail.rar': Buffer.from('526172211a070100', 'hex') }],
  [{ 'mail.mbox.001': cut(large(), 0.5), 'mail.mbox.002': large().subarray(large().length >> 1) }],
  [{ 'takeout.zip.001': cut(zip({ 'Inbox.mbox': large() }), 0.5), 'takeout.zip.002': Buffer.from('rest') }],
  [{ 'takeout.z01': Buffer.from('PK\x07\x08rest'), 'takeout.zip': zip({ 'Inbox.mbox': Buffer.from(message(1, 10)) }) }],
  [{ 'pictures/holiday.jpg': 'no mail' }],
  [{ 'letters/one.eml': letter() }],
];

/** What the command says of these inputs, `[what it is about, sentence]`. */
function sentences(inputs, options = [], cwd = testdata, output = join(mkdtempSync(join(scratch, 'out-')), 'mail.zip')) {
  const said = [];
  // Zoho does not take mailboxes.
  const importer = options.includes('mbox') ? 'gmail' : 'zoho';
  for (const args of [['inspect', '--for', 'zoho'], ['convert', '--for', importer, ...options, '--output', output]]) {
    const { stdout, stderr } = spawnSync(native, [...args, '--json', '-q', '--threads', '1', '--', ...inputs], { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
    assert.notEqual(stdout, '', stderr);
    const { failed, failed_messages: messages = [], first_warnings: warnings, skipped, next } = JSON.parse(stdout);
    said.push(
      ...[...failed, ...messages].flatMap(({ reason, advice }) => [['failed', reason], ['advice', advice]]),
      ...warnings.flatMap(({ kind, why, advice }) => [[kind, why], ['advice', advice]]),
      ...skipped.map(({ why }) => ['skipped', why]),
      ['next', next],
    );
  }
  return said.filter(([, sentence]) => sentence);
}

/** What is said of an output that is there. */
function later() {
  const home = mkdtempSync(join(scratch, 'later-'));
  const takeout = (stamp, n) => writeFileSync(join(home, `in/takeout-${stamp}-001.zip`), zip({ 'Takeout/Mail/All mail.mbox': Buffer.from(message(n, 10)) }));
  const run = (options, output) => sentences(['in'], ['--layout', 'flat', ...options], home, join(home, output));
  mkdirSync(join(home, 'in'));
  takeout('20240501T101112Z', 1);
  run([], 'out');
  const file = readdirSync(join(home, 'out'), { recursive: true }).find((name) => name.endsWith('.eml'));
  writeFileSync(join(home, 'out', file), 'something else');
  const taken = run([], 'out');
  rmSync(join(home, 'out'), { recursive: true });
  run(['--manifest', 'known.csv'], 'out');
  takeout('20240601T101112Z', 2);
  writeFileSync(join(home, 'known.csv'), `${readFileSync(join(home, 'known.csv'))}no row\n`);
  return [...taken, ...run(['--known', 'known.csv'], 'out'), ...sentences(['mixed'], ['--format', 'mbox', '--quoting', 'none'], testdata, join(home, 'boxes'))];
}

/** Everything that the runs say. */
function all() {
  const said = [];
  for (const group of readdirSync(testdata)) {
    const inputs = join(testdata, group);
    if (!statSync(inputs).isDirectory()) continue;
    for (const name of readdirSync(inputs)) if (!name.endsWith('.expected')) said.push(...sentences([join(group, name)]));
  }
  said.push(...sentences(['vault']), ...later());
  for (const [files, options] of cases) {
    const home = mkdtempSync(join(scratch, 'case-'));
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), bytes);
    }
    said.push(...sentences([...new Set(Object.keys(files).map((name) => name.split('/')[0]))], options, home));
  }
  return said;
}

const said = [...new Map(all().map((one) => [one.join('\n'), one])).values()];

test('each kind of warning is among what is said here', () => {
  const kinds = [...readFileSync(join(repository, 'docs/WARNINGS.md'), 'utf8').matchAll(/^\| `([a-z-]+)`/gm)].map(([, kind]) => kind);
  assert.ok(kinds.length > 30);
  assert.deepEqual(kinds.filter((kind) => !said.some(([about]) => about === kind)), []);
});

test('in English, nothing is about a command line', () => {
  const words = said.map(([, sentence]) => speaker([]).english(sentence));
  assert.deepEqual(words.filter((sentence) => /(^|[\s'])--?[a-z]|\b(INPUT|OUTPUT)\b|same command/.test(sentence)), []);
});

for (const { code, program, texts } of others) {
  test(`in ${code}: all that is said has a translation`, () => {
    const speaks = speaker(program);
    assert.deepEqual(said.filter(([, sentence]) => speaks.translated(sentence) === null).map((one) => one.join(': ')), []);
  });

  test(`in ${code}: no translation is of what is not said any more`, () => {
    const sources = readdirSync(join(repository, 'crates'), { recursive: true }).filter((file) => file.endsWith('.rs'))
      .map((file) => readFileSync(join(repository, 'crates', file), 'utf8')).join('\n').replace(/\\\n\s*/g, '');
    const words = `${speaker([]).english(sources)}\n${english.phrases.map(([, phrase]) => phrase).join('\n')}`;
    // The parts of a pattern that are only text.
    const parts = (pattern) => pattern.replace(/\((?:[^()\\]|\\.|\([^)]*\))*\)[?*]?|\[[^\]]*\][+*]?\??|\\[dswS][+*]?\??|\.\*\??|[a-z]\?/g, '\0').replace(/\\(.)/g, '$1')
      .split(/[\0,;:]/).map((part) => part.trim()).filter((part) => part.length > 9);
    // Rules are used here, have words of the sources, or are so short, or of the system, that nothing can be said.
    const speaks = speaker(program);
    const used = new Set();
    speaks.rules = speaks.rules.map(([rule, to], n) => [{ exec: (text) => { const found = rule.exec(text); if (found) used.add(n); return found; } }, to]);
    for (const [, sentence] of said) speaks.translated(sentence);
    const stale = program.map(([pattern]) => pattern).filter((pattern, n) => !used.has(n) && !/os error/.test(pattern) && parts(pattern).length > 0
      && !parts(pattern).some((part) => words.includes(part)));
    assert.deepEqual(stale, []);
  });

  test(`in ${code}: each text has the same values in it`, () => {
    const values = (text) => [...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const [key, text] of Object.entries(english.texts)) assert.deepEqual(new Set(values(texts[key])), new Set(values(text)), key);
  });
}
