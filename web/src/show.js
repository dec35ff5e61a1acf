// What was found, what happens, and what came of it.

import { foreign, h, visible } from './dom.js';
import { day, duration, has, number, said, size, t } from './language.js';
import { Taken, download } from './save.js';

/** How many problems of a kind are listed; the report has all. */
const LISTED = 20;

/** Warnings that mail may be missing. */
const INCOMPLETE = ['missing-parts', 'truncated', 'unused-record', 'other-count', 'not-exported'];

const sentence = (text, begin = (words) => words) => {
  const words = said(text);
  return h('span', { lang: words.lang }, visible(begin(words.text)));
};

/** A sentence of its own. */
const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

const hint = (text) => (text ? h('p', { class: 'advice' }, sentence(text, capital)) : null);

/** A file of the person, or one in an archive. */
const place = (input) => foreign(input.replace(/(\.(?:zip|tgz|tar|gz))!/gi, '$1 › '));

const facts = (list) => h('dl', { class: 'facts' }, list.filter(Boolean).map(([name, value, kind]) =>
  h('div', { class: kind ?? null }, h('dt', {}, name), h('dd', {}, value))));

/** What is in the mail, for the importer that it was looked at for. */
export function overview({ messages, sizes, dates, labels, mailboxes, for: wanted }, importer) {
  if (messages.found === 0) return h('p', { class: 'bad' }, t('found.nothing'));
  const names = Object.entries(labels).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const zips = wanted && wanted.importer === importer ? wanted.archives_about : null;
  return [
    facts([
      [t('messages'), number(messages.found)],
      [t('size'), size(sizes.total)],
      dates.first && [t('period'), `${day(dates.first)} – ${day(dates.last)}`],
      [t('mailboxes'), number(mailboxes.length)],
      names.length > 0 && [t('labels'), number(names.length)],
      zips && [t('zips.about'), t('about', { n: zips })],
    ]),
    h('h3', {}, t('years')),
    byYear(dates),
    names.length > 0 ? h('details', { 'data-key': 'labels' }, h('summary', {}, t('labels.list')),
      table([t('label'), t('messages'), t('size')], names.map(([name, count]) => [foreign(name), number(count), size(sizes.by_label[name] ?? 0)]))) : null,
    h('details', { 'data-key': 'largest' }, h('summary', {}, t('largest')),
      table([t('message'), t('received'), t('size')], sizes.largest.map(({ subject, from, received, bytes }) =>
        [[foreign(subject || t('no.subject')), from ? h('span', { class: 'from' }, foreign(from)) : null], received ? day(received) : '–', size(bytes)]))),
  ];
}

/** Messages of each year, as bars. */
function byYear({ by_year: years, unknown }) {
  const counts = Object.entries(years).sort(([a], [b]) => a - b);
  if (unknown > 0) counts.push([t('no.date'), unknown]);
  const most = Math.max(...counts.map(([, count]) => count));
  return h('table', { class: 'bars' },
    h('thead', { class: 'hidden' }, h('tr', {}, [t('year'), t('messages')].map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, counts.map(([year, count]) => h('tr', {}, h('th', { scope: 'row' }, year),
      h('td', {}, h('span', {}, number(count)), h('meter', { min: 0, max: most, value: count, 'aria-hidden': 'true' }))))));
}

function table(heads, rows) {
  return h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': heads.join(', ') }, h('table', {},
    h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, rows.map(([first, ...cells]) => h('tr', {}, h('th', { scope: 'row' }, first), cells.map((cell) => h('td', {}, cell)))))));
}

/** What failed and what is odd, of an inspection or a conversion. */
export function problems({ failed, failed_messages: messages = [], warnings, first_warnings: first, skipped = [] }) {
  const kinds = Object.entries(warnings).filter(([, count]) => count > 0);
  return [
    list('failed', failed.length, failed.map(({ input, reason, advice }) =>
      [input ? [place(input), ': '] : null, sentence(reason), hint(advice)]), true),
    list('failed.messages', messages.length, messages.map(({ input, reason, advice, subject, message }) =>
      [place(input), ', ', t('message.number', { n: message }), subject ? [' “', foreign(subject), '”'] : null, ': ', sentence(reason),
        hint(advice)]), true),
    remarks('incomplete', kinds.filter(([kind]) => INCOMPLETE.includes(kind)), first, true),
    remarks('warnings', kinds.filter(([kind]) => !INCOMPLETE.includes(kind)), first, false),
    list('skipped', skipped.length, skipped.map(({ path, why }) => [place(path), ': ', sentence(why)]), false),
  ];
}

/** Warnings of these kinds, each with its first ones. */
function remarks(key, kinds, first, isOpen) {
  if (kinds.length === 0) return null;
  return h('details', { open: isOpen, 'data-key': key, class: key },
    h('summary', {}, t(key, { n: kinds.reduce((sum, [, count]) => sum + count, 0) })),
    h('p', { class: 'hint' }, t(`${key}.text`)),
    h('ul', {}, kinds.map(([kind, count]) => {
      const examples = first.filter((warning) => warning.kind === kind).slice(0, 3);
      return h('li', {}, h('strong', {}, has(`warning.${kind}`) ? t(`warning.${kind}`) : kind), ` (${number(count)})`,
        examples.length === 0 ? null : h('ul', {}, examples.map((warning) => h('li', {},
          warning.input ? [place(warning.input), warning.message ? [', ', t('message.number', { n: warning.message })] : null,
            warning.subject ? [' “', foreign(warning.subject), '”'] : null, ': '] : null,
          sentence(warning.why), hint(warning.advice)))));
    })));
}

function list(key, n, items, isOpen) {
  if (n === 0) return null;
  return h('details', { open: isOpen, 'data-key': key, class: isOpen ? 'failures' : null }, h('summary', {}, t(key, { n })),
    h('ul', {}, items.slice(0, LISTED).map((item) => h('li', {}, item))),
    n > LISTED ? h('p', { class: 'hint' }, t('more', { n: n - LISTED })) : null);
}

/** How far a run is, and the ZIPs it has made. */
export function progress(state, saved) {
  const { bytes = 0, total, messages = 0 } = state ?? {};
  const part = total ? Math.min(1, bytes / total) : null;
  return h('div', { id: 'progress' },
    h('progress', { 'aria-label': t('progress'), max: 1, ...(part === null ? {} : { value: part }) }),
    h('p', { class: 'now' }, progress.words(state)),
    messages > 0 ? h('p', { class: 'hint' }, t('progress.messages', { n: messages, size: size(bytes) })) : null,
    saved.length > 0 ? h('ul', { class: 'files' }, saved.map((zip) => h('li', {}, foreign(zip.name), h('span', {}, size(zip.size))))) : null);
}

progress.words = (state) => {
  const { bytes = 0, total, begun } = state ?? {};
  const seconds = (Date.now() - begun) / 1000;
  if (bytes === 0) return t('progress.begins');
  if (!total) return t('progress.read', { size: size(bytes) });
  const left = seconds * Math.max(0, total - bytes) / bytes;
  const percent = Math.min(99, Math.floor(100 * bytes / total));
  return seconds < 2 ? t('progress.part', { percent }) : t('progress.left', { percent, time: duration(left) });
};

/** The one sentence about a run. */
export function verdict({ what, exit, summary }) {
  if (what === 'stopped') return { title: t('stopped.title'), kind: 'warn' };
  if (!summary) return { title: t('crashed.title'), kind: 'bad' };
  if (what === 'verify') {
    const different = (summary.differences?.number ?? 0) + (summary.manifest?.differences?.number ?? 0);
    const n = summary.messages.found || summary.manifest?.rows || 0;
    if (exit === 0) return { title: t('verified.title', { n }), text: t(summary.mailboxes.length > 0 ? 'verified.text' : 'verified.manifest'), kind: 'good' };
    if (different > 0) return { title: t('different.title', { n: different }), text: t('different.text'), kind: 'bad' };
    return { title: t('unverified.title'), text: t('unverified.text'), kind: 'bad' };
  }
  const { found, written, already_there: there, failed } = summary.messages;
  if (exit === 0 && written + there === 0) return { title: t('nothing.title'), text: t(found > 0 ? 'nothing.filtered' : 'found.nothing'), kind: 'warn' };
  const isWhole = INCOMPLETE.every((kind) => !summary.warnings[kind]);
  if (exit === 0) return { title: t(isWhole ? 'converted.title' : 'incomplete.title', { n: written + there }), text: t('converted.text'), kind: isWhole ? 'good' : 'warn' };
  if (written + there === 0) return { title: t('none.title'), text: t('none.text'), kind: 'bad' };
  return { title: t('partly.title', { n: written + there }), text: t('partly.text', { n: failed }), kind: 'bad' };
}

/** How a run ended; `check` has the ZIPs checked that it made. */
export function result({ outcome, saved, next }, check) {
  const { summary, kept = [], isFolder, log, what } = outcome;
  const { title, text, kind } = verdict(outcome);
  const differences = summary?.differences;
  const checked = summary?.manifest?.differences;
  return [
    h('h1', { class: kind }, title),
    text ? h('p', {}, text) : null,
    what === 'stopped' ? h('p', {}, t(saved.length === 0 ? 'stopped.nothing' : isFolder ? 'stopped.folder' : 'stopped.downloads', { n: saved.length })) : null,
    summary ? totals(summary, what) : null,
    summary && kind === 'warn' ? problems(summary) : null,
    saved.length > 0 ? [h('h2', {}, t('zips', { n: saved.length })), h('p', {}, t(isFolder ? 'zips.folder' : 'zips.downloads', { n: saved.length })), h('ul', { class: 'files', id: 'zips' }, saved.map(saveable))] : null,
    summary?.next && saved.length + (summary.messages?.already_there ?? 0) > 0 ? nextSteps(summary.next, saved.length, check) : null,
    next && kind === 'good' ? nextSteps(next) : null,
    differences ? ['missing', 'different', 'extra'].map((way) =>
      list(`differences.${way}`, differences[way].length, differences[way].map((one) => (one.path ? [foreign(one.path), ', ', t('byte', { n: one.byte })] : foreign(one))), true)) : null,
    checked ? [
      ...['missing', 'extra', 'faults'].map((way) => list(`differences.${way}`, checked[way].length, checked[way].map((one) => foreign(one)), true)),
      list('differences.different', checked.different.length, checked.different.map(({ path, why }) => [foreign(path), ': ', sentence(why)]), true),
      list('differences.failed', checked.failed.length, checked.failed.map(({ what: which, why }) => [foreign(which), ': ', sentence(why)]), true),
    ] : null,
    summary && kind !== 'warn' ? problems(summary) : null,
    kept.length > 0 ? [h('h2', {}, t('kept')), h('p', {}, t(what === 'verify' ? 'kept.check' : isFolder ? 'kept.folder' : 'kept.text')),
      h('ul', { class: 'files' }, kept.map(({ name, blob }) => saveable({ name, blob, size: blob.size })))] : null,
    !summary && log ? errors(log) : null,
  ];
}

/** What to do with the ZIPs; first to have them checked, unless they are. */
function nextSteps(next, zips, check) {
  return [h('h2', {}, t('next')), h('ol', { class: 'next' },
    check ? h('li', {}, h('p', {}, t('check.again.text')), h('button', { type: 'button', 'data-key': 'check-again', click: check }, t('check.again', { n: zips }))) : null,
    h('li', {}, sentence(next, capital)))];
}

function totals({ messages, bytes, seconds }, what) {
  const of = (key) => messages[key] > 0 && [t(`total.${key}`), number(messages[key]), key === 'failed' ? 'bad' : null];
  return facts([
    [t('total.found'), number(messages.found)],
    ...what === 'verify' ? [messages.already_there > 0 && [t('total.same'), number(messages.already_there)]] : [of('written'), of('already_there')],
    of('duplicates'), of('filtered'), of('known'), of('failed'),
    bytes.input > 0 && [t('total.read'), size(bytes.input)],
    [t('total.time'), duration(seconds)],
  ]);
}

/** A file, with a button to save it if there are its bytes. */
function saveable({ name, size: bytes, blob }) {
  return h('li', {}, foreign(name), h('span', {}, size(bytes)),
    blob ? h('button', { type: 'button', click: () => download(name, blob), 'aria-label': t('save.name', { name: visible(name) }) }, t('save')) : null);
}

/** Why there is no result. */
export function crashed({ error, log, key }) {
  if (key) return h('p', { class: 'bad' }, t(key));
  const known = ['QuotaExceededError', 'NotReadableError', 'NotAllowedError', 'NotFoundError'].find((name) => name === error?.name);
  return [
    h('h2', { class: 'bad' }, t('crashed.title')),
    error instanceof Taken ? h('p', {}, t('crashed.taken', { name: visible(error.message) }))
      : h('p', {}, t(known ? `crashed.${known}` : error ? 'crashed.text' : 'crashed.usage')),
    ...log ? errors(log) : [details(String(error?.message ?? error))],
  ];
}

/** The errors that the program reported, each with what to do, and all that it wrote. */
function errors(log) {
  const found = [];
  for (const line of log.split('\n')) {
    if (line.startsWith('mbox2eml: ')) found.push({ why: line.slice(10), advice: [] });
    else if (line.startsWith('  ')) found.at(-1)?.advice.push(line.trim());
  }
  return [
    h('ul', { class: 'errors' }, found.map(({ why, advice }) =>
      h('li', {}, sentence(why), hint(advice.join(' '))))),
    details(log),
  ];
}

const details = (text) => h('details', { 'data-key': 'log' }, h('summary', {}, t('details')),
  h('pre', { lang: 'en', tabindex: '0' }, text.split('\n').map(visible).join('\n')));
