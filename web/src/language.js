// The languages of the page, a file of lang/ each.

import languages from 'languages';
import { Speaker } from './said.js';

let current = languages.en;
let plural;
let speaker;
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
  // Numbers and days as in the person's country, if the language is theirs.
  const local = navigator.languages.find((tag) => tag.toLowerCase().split('-')[0] === code) ?? code;
  formats.number = new Intl.NumberFormat(local);
  formats.size = new Intl.NumberFormat(local, { maximumSignificantDigits: 3 });
  formats.day = new Intl.DateTimeFormat(local, { dateStyle: 'medium', timeZone: 'UTC' });
  speaker = new Speaker(languages.en.phrases, current.program, number);
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

/** What the program says, with the language that it is in where that is not the language of the page. */
export function said(text) {
  const translated = speaker.translated(text);
  if (translated !== null) return { text: translated, lang: null };
  return { text: speaker.english(text), lang: document.documentElement.lang === 'en' ? null : 'en' };
}
