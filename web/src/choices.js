// What a person may choose, and the options of the command that it is.

import { foreign, h } from './dom.js';
import { MB, importers } from './importers.js';
import { number, t } from './language.js';

/** The largest ZIP that is made. */
export function bytesOfZips({ importer, zipSize }) {
  return zipSize ? zipSize * MB : importers.find(({ name }) => name === (importer ?? 'zoho')).zip;
}

/** The options of the command. Labels are those that were found. */
export function optionsOf(settings, inspection) {
  const { importer = 'zoho', since, until, without = new Set(), dedup, zipSize, maxSize, minSize } = settings;
  const option = (name, value) => (value ? [name, String(value)] : []);
  const options = [
    option('--for', importer),
    option('--since', since), option('--until', until),
    option('--dedup', dedup),
    option('--min-size', minSize && minSize * MB), option('--max-size', maxSize && maxSize * MB),
    inspection ? option('--zip-max-size', zipSize && zipSize * MB) : [],
    [...without].map((label) => [`--not-label=${label}`]),
  ];
  return options.flat(2);
}

/**
 * The form. What is chosen is in `settings`; `redraw` is called after a change that others depend on.
 *
 * @param {object} about
 * @param {Object<string, number>} about.labels messages of each label
 * @param {boolean} about.canSaveToFolder
 * @param {boolean} about.isCheck whether it is about ZIPs that are there
 */
export function choices(settings, { labels = {}, canSaveToFolder, isCheck }, redraw) {
  settings.importer ??= 'zoho';
  settings.without ??= new Set();
  const set = (key, read = (input) => input.value) => ({ target }) => { settings[key] = read(target); };
  const field = (key, control, hint) => h('div', { class: 'field' },
    h('label', { for: key }, t(`choices.${key}`)), control, hint ? h('p', { class: 'hint', id: `${key}-hint` }, hint) : null);
  const select = (key, options, change) => h('select', { id: key, 'data-key': key, change, 'aria-describedby': `${key}-hint` },
    options.map(([value, text]) => h('option', { value, selected: (settings[key] ?? '') === value }, text)));
  const day = (key) => h('input', { type: 'date', id: key, 'data-key': key, value: settings[key] ?? '', change: set(key), min: '1970-01-01', max: '2100-12-31' });
  const megabytes = (key) => h('span', { class: 'unit' }, h('input', {
    type: 'number', id: key, 'data-key': key, min: '1', max: '1000000', step: '1', inputmode: 'numeric', value: settings[key] || '',
    change: set(key, (input) => Math.max(0, Math.trunc(input.valueAsNumber) || 0)),
  }), ' MB');
  const importer = field('importer',
    select('importer', importers.map(({ name }) => [name, t(`importer.${name || 'none'}`)]), (event) => { set('importer')(event); redraw(); }),
    t(`importer.${settings.importer || 'none'}.what`));
  const names = Object.entries(labels).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const label = ([name, messages]) => h('label', { class: 'check' },
    h('input', {
      type: 'checkbox', checked: !settings.without.has(name), 'data-key': `label ${name}`,
      change: ({ target }) => { settings.without[target.checked ? 'delete' : 'add'](name); },
    }), foreign(name), h('span', { class: 'count' }, number(messages)));
  const fewer = [
    h('p', { class: 'hint' }, t('choices.fewer.text')),
    h('div', { class: 'row' }, field('since', day('since')), field('until', day('until'))),
    field('dedup', select('dedup', ['', 'off', 'id', 'content'].map((how) => [how, t(`dedup.${how || 'default'}`)]), set('dedup')), t('choices.dedup.hint')),
    h('div', { class: 'row' }, field('minSize', megabytes('minSize')), field('maxSize', megabytes('maxSize')), isCheck ? null : field('zipSize', megabytes('zipSize'))),
    names.length === 0 ? null : h('fieldset', {}, h('legend', {}, t('choices.labels')),
      h('p', { class: 'hint' }, t('choices.labels.hint')), h('div', { class: 'labels' }, names.map(label))),
  ];
  const place = !canSaveToFolder || isCheck ? null : h('fieldset', { class: 'place' }, h('legend', {}, t('choices.place')),
    ['folder', 'downloads'].map((where) => h('label', { class: 'check' },
      h('input', { type: 'radio', name: 'place', value: where, checked: (settings.place ?? 'folder') === where, 'data-key': `place ${where}`, change: set('place') }),
      h('span', {}, t(`place.${where}`)))));
  return h('div', { class: 'form' }, importer, h('details', { 'data-key': 'fewer' }, h('summary', {}, t('choices.fewer')), fewer), place);
}
