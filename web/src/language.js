// The languages of the page, a file of lang/ each.

import languages from 'languages';

let current = languages.en;
let plural;
const formats = {};

export const names = Object.entries(languages).map(([code, { name }]) => ({ code, name }));

/** The first of these languages that there is. */
export function preferred(wanted) {
  const known = wanted.map((tag) => tag.toLowerCase().split('-')[0]).find((code) => Object.hasOwn(languages, code));
  return known ?? 'en';
}

export function use(code) {
  current = languages[code];
  plural = new Intl.PluralRules(code);
  formats.number = new Intl.NumberFormat(code);
  formats.size = new Intl.NumberFormat(code, { maximumSignificantDigits: 3 });
  formats.day = new Intl.DateTimeFormat(code, { dateStyle: 'medium', timeZone: 'UTC' });
  document.documentElement.lang = code;
}

/** A text of the language, with values in it. One that depends on a number `n` is an object by plural rules. */
export function t(key, values = {}) {
  let text = current.texts[key] ?? languages.en.texts[key] ?? key;
  if (typeof text === 'object') text = text[plural.select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === 'number' ? number(values[name]) : values[name] ?? ''));
}

/** Whether there is such a text. */
export function has(key) {
  return Object.hasOwn(current.texts, key);
}

export const number = (value) => formats.number.format(value);

export function size(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (bytes >= 999.5 && unit < units.length - 1) {
    bytes /= 1000;
    unit += 1;
  }
  return `${formats.size.format(bytes)}\u00a0${units[unit]}`;
}

export const day = (iso) => formats.day.format(new Date(iso));

export function duration(seconds) {
  if (seconds < 60) return t('time.seconds', { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 3600) return t('time.minutes', { n: Math.round(seconds / 60) });
  return t('time.hours', { n: Math.round(seconds / 360) / 10 });
}

/**
 * What the program says, in words that fit a page and in this language as far as they are known: each rule is a pattern and
 * its replacement. The language that the result is in comes with it.
 */
export function said(text) {
  for (const [pattern, replacement] of current.program) {
    const rule = new RegExp(`^${pattern}$`, 'su');
    if (rule.test(text)) return { text: text.replace(rule, replacement), lang: null };
  }
  let words = text;
  for (const [phrase, replacement] of languages.en.phrases) words = words.replace(new RegExp(phrase, 'gu'), replacement);
  return { text: words, lang: document.documentElement.lang === 'en' ? null : 'en' };
}
