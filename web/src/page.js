// The page: which step it is at, and what a person does there.

import { announce, foreign, h } from './dom.js';
import { Chosen, dropped, listed } from './choose.js';
import * as language from './language.js';
import { size, t } from './language.js';
import { Stopped, module, obstacle, run } from './program.js';
import { Downloads, Folder } from './save.js';
import { bytesOfZips, choices, optionsOf } from './choices.js';
import { importers } from './importers.js';
import { crashed, overview, problems, progress, result, verdict } from './show.js';

const main = document.getElementById('main');
const canSaveToFolder = typeof showDirectoryPicker === 'function';

/** What is chosen, found and running. */
const state = { mode: 'convert' };

function reset() {
  state.running?.stop();
  Object.assign(state, {
    task: null, mail: new Chosen(), zips: new Chosen(), step: 'choose', inspection: null, running: null, settings: null, outcome: null,
    saved: [], failure: null, progress: null, next: null,
  });
}

/** Shows the page in the language. */
function draw() {
  for (const element of document.querySelectorAll('[data-text]')) {
    element.textContent = t(element.dataset.text, { version: '%VERSION%' });
  }
  document.title = t('title');
  for (const mode of ['convert', 'check']) {
    const button = document.getElementById(mode);
    button.setAttribute('aria-pressed', String(state.mode === mode));
    button.disabled = state.step === 'convert';
  }
  // The focus does not move.
  const focused = main.contains(document.activeElement) ? document.activeElement.dataset.key ?? document.activeElement.id : null;
  const unfolded = new Map([...main.querySelectorAll('details')].map((details) => [details.dataset.key, details.open]));
  const steps = obstacle() ? cannot(obstacle()) : state.mode === 'convert' ? convertSteps() : checkSteps();
  main.replaceChildren(...steps.flat().filter(Boolean));
  for (const details of main.querySelectorAll('details')) details.open = unfolded.get(details.dataset.key) ?? details.open;
  if (focused) main.querySelector(`[data-key="${CSS.escape(focused)}"], #${CSS.escape(focused)}`)?.focus();
}

/** The page without vector instructions, which is beside this one in a release. */
const SLOWER = 'mbox2eml-no-simd.html';

function cannot(why) {
  return [hero('hero'), h('section', { class: 'step', id: 'cannot' }, h('p', { class: 'bad' }, t(why)),
    why === 'no.vectors' && h('p', {}, h('a', { href: SLOWER }, SLOWER)))];
}

function convertSteps() {
  const { step } = state;
  if (step === 'convert') return [working('converting')];
  if (step === 'done') return [outcome()];
  const isKnown = state.inspection && step !== 'inspect';
  return [
    hero('hero'),
    chooser('mail', 'choose'),
    step === 'inspect' && working('inspecting'),
    step === 'crashed' && failed(),
    isKnown && found(),
    isKnown && hasMail() && wanted(),
  ];
}

function checkSteps() {
  const { step } = state;
  if (step === 'convert') return [working('checking')];
  if (step === 'done') return [outcome()];
  return [
    hero('check'),
    state.next && h('p', { id: 'again', tabindex: '-1' }, t('check.again.downloads')),
    chooser('zips', 'check.zips'),
    chooser('mail', 'check.mail'),
    h('section', { class: 'step' },
      h('h2', {}, t('check.start')),
      choices(state.settings ??= {}, { isCheck: true }, draw),
      h('div', { class: 'actions' }, h('button', { class: 'main', type: 'button', click: check, disabled: state.zips.isEmpty, 'data-key': 'start' }, t('check.button')))),
    step === 'crashed' && failed(),
  ];
}

function hero(key) {
  return h('section', { class: 'hero' }, h('h1', {}, t(`${key}.title`)), h('p', {}, t(`${key}.text`)));
}

/** Takes files that were dropped or chosen. */
async function take(which, coming) {
  let found;
  try {
    found = await coming;
  } catch (error) {
    // A file or folder that is gone, or may not be read.
    state.failure = { error };
    go('crashed', 'failed', t('crashed.title'));
    return;
  }
  if (found.length === 0) return;
  if (state.step === 'done') reset();
  state[which].add(found);
  if (state.mode === 'convert') inspect();
  else draw();
}

/** A place to drop files on, and buttons to choose them. */
function chooser(which, key) {
  const chosen = state[which];
  const input = (extra) => h('input', {
    type: 'file', multiple: true, class: 'hidden', tabindex: '-1', 'aria-hidden': 'true', ...extra,
    change: (event) => take(which, listed(event.target.files)),
  });
  const files = input({ id: `${which}-files` });
  const folder = input({ id: `${which}-folder`, webkitdirectory: true });
  const area = h('div', {
    class: 'drop',
    dragover: (event) => { event.preventDefault(); area.classList.add('over'); },
    dragleave: () => area.classList.remove('over'),
    drop: (event) => { event.preventDefault(); event.stopPropagation(); area.classList.remove('over'); take(which, dropped(event.dataTransfer)); },
  },
  h('p', {}, t(`${key}.drop`)),
  h('div', { class: 'actions' },
    h('button', { type: 'button', class: chosen.isEmpty ? 'main' : '', 'data-key': `${which}-choose-files`, click: () => files.click() }, t('choose.files')),
    h('button', { type: 'button', 'data-key': `${which}-choose-folder`, click: () => folder.click() }, t('choose.folder'))),
  files, folder);
  return h('section', { class: 'step' },
    h('h2', {}, t(`${key}.title`)),
    h('p', {}, t(`${key}.text`)),
    chosen.isEmpty ? null : h('ul', { class: 'files', 'aria-label': t('choose.chosen') }, chosen.tops.map((top) =>
      h('li', {}, foreign(top.name), h('span', {}, top.isFolder ? t('choose.in', { n: top.files, size: size(top.bytes) }) : size(top.bytes))))),
    area,
    which === 'mail' && state.mode === 'convert' && chosen.isEmpty ? h('details', { class: 'how', 'data-key': 'how' }, h('summary', {}, t('how')),
      h('ol', {}, ['how.1', 'how.2', 'how.3'].map((text) => h('li', {}, t(text))))) : null,
    chosen.isEmpty ? null : h('div', { class: 'actions' },
      h('button', { type: 'button', 'data-key': `${which}-again`, click: () => { startOver(); } }, t('again'))));
}

function found() {
  const { inspection } = state;
  return h('section', { class: 'step', id: 'found', tabindex: '-1' },
    h('h2', {}, t('found.title')), overview(inspection, (state.settings?.importer ?? importers[0].name)), problems(inspection));
}

const hasMail = () => state.inspection.messages.found > state.inspection.messages.failed;

function wanted() {
  return h('section', { class: 'step' },
    h('h2', {}, t('wanted.title')),
    choices(state.settings ??= {}, { labels: state.inspection.labels, canSaveToFolder }, draw),
    h('div', { class: 'actions' }, h('button', { class: 'main', type: 'button', 'data-key': 'start', click: convert }, t('wanted.start'))));
}

function working(key) {
  return h('section', { class: 'step', id: 'working', tabindex: '-1' },
    h(key === 'inspecting' ? 'h2' : 'h1', {}, t(`${key}.title`)),
    progress(state.progress, state.saved),
    h('div', { class: 'actions' }, h('button', { type: 'button', 'data-key': 'stop', click: () => state.running?.stop() }, t('stop'))));
}

function outcome() {
  return h('section', { class: 'step', id: 'outcome', tabindex: '-1', 'data-memory': state.outcome.memory },
    result(state, checkAgain),
    h('div', { class: 'actions' },
      state.outcome.what === 'stopped' && h('button', { type: 'button', class: 'main', 'data-key': 'back', click: () => go('choices', 'found') }, t('back')),
      h('button', { type: 'button', 'data-key': 'again', click: () => startOver() }, t('again'))));
}

function failed() {
  return h('section', { class: 'step', id: 'failed', tabindex: '-1' }, crashed(state.failure));
}

function startOver(mode = state.mode) {
  reset();
  state.mode = mode;
  draw();
  main.focus();
}

/** Goes to a step, with what has to be read first in view. */
function go(step, part, words) {
  state.step = step;
  draw();
  if (part) document.getElementById(part)?.focus();
  if (words) announce(words);
}

/** Runs the command and follows its progress. */
function follow(job, saver) {
  state.progress = { begun: Date.now(), bytes: 0, total: null };
  let heard = Date.now();
  state.running = run(job, {
    progress: (event) => {
      Object.assign(state.progress, event);
      refresh();
      if (Date.now() - heard > 15_000) {
        heard = Date.now();
        announce(progress.words(state.progress));
      }
    },
    piece: (event) => saver.piece(event)?.catch?.((error) => state.running?.stop(error)),
    volume: (event) => {
      const saving = saver.finish(event).then((blob) => {
        state.saved.push({ name: event.name, size: event.size, blob });
        refresh();
      });
      state.saving.push(saving);
      saving.catch((error) => state.running?.stop(error));
    },
    dropped: (event) => saver.drop(event),
  });
  return state.running.ended;
}

function refresh() {
  const place = document.getElementById('progress');
  if (place) place.replaceWith(progress(state.progress, state.saved));
}

async function inspect() {
  state.running?.stop();
  const task = begin();
  state.inspection = null;
  go('inspect', 'working', t('inspecting.title'));
  try {
    const ended = await follow({
      args: ['inspect', '--json', '--progress', 'json', ...forImporter(), '--', ...tops()], inputs: state.mail.inputs,
    });
    if (task !== state.task) return;
    state.running = null;
    if (!ended.stdout) {
      state.failure = { log: ended.log };
      go('crashed', 'failed', t('crashed.title'));
      return;
    }
    state.inspection = JSON.parse(ended.stdout);
    go('choices', 'found', t('found.title'));
  } catch (error) {
    interrupted(error, task);
  }
}

/** What is done now; what was begun before it is of no interest any more. */
function begin() {
  state.task = {};
  return state.task;
}

const tops = () => state.mail.tops.map((top) => top.name);
const forImporter = () => ['--for', (state.settings?.importer || importers[0].name)];

async function convert() {
  const { settings, mail, inspection } = state;
  let saver = new Downloads();
  if (canSaveToFolder && settings.place !== 'downloads') {
    try {
      const handle = await showDirectoryPicker({ id: 'mbox2eml', mode: 'readwrite' });
      saver = new Folder(handle, inspection.sizes.total > bytesOfZips(settings));
    } catch {
      // The user closed it again.
      return;
    }
  }
  // A name that none of the inputs has.
  let out = 'ZIPs';
  while (tops().includes(out)) out += '-';
  const results = ['manifest.csv', 'report.html'].map((name) => `${out}/${name}`);
  const task = begin();
  Object.assign(state, { saved: [], saving: [], saver });
  go('convert', 'working', t('converting.title'));
  try {
    const existing = saver.existing ? await saver.existing() : [];
    const ended = await follow({
      args: ['convert', '--json', '--progress', 'json', '--manifest', results[0], '--report', results[1],
        ...optionsOf(settings, inspection), '--output', `${out}/mail.zip`, '--', ...tops()],
      inputs: [...mail.inputs, ...existing.map(({ name, file }) => ({ path: `${out}/${name}`, file }))],
      folders: [out], results,
    }, saver);
    await Promise.all(state.saving);
    await finish(ended, saver, 'convert');
  } catch (error) {
    // What is complete by now is counted.
    await Promise.allSettled([saver.abort(), ...state.saving]);
    interrupted(error, task);
  }
}

async function finish(ended, saver, what) {
  state.running = null;
  let summary = null;
  try {
    summary = JSON.parse(ended.stdout);
  } catch {
    // It is in the log then why there is none.
  }
  const kept = [];
  const files = ended.files.map(({ path, blob }) => ({ name: path.split('/').pop(), blob }));
  if (summary && what === 'convert') files.push({ name: 'summary.json', blob: new Blob([ended.stdout], { type: 'application/json' }) });
  for (const { name, blob } of files) kept.push({ name: await saver.keep(name, blob) ?? name, blob });
  state.outcome = { what, exit: ended.exit, log: ended.log, memory: ended.memory, summary, kept, isFolder: saver instanceof Folder };
  go('done', 'outcome', verdict(state.outcome).title);
}

/** Checks what was just made: at once if it is in a folder, else when the ZIPs are chosen. */
async function checkAgain() {
  const { mail, settings, saver, outcome: { summary, kept } } = state;
  reset();
  Object.assign(state, { mode: 'check', mail, settings, next: summary.next });
  state.zips.add(kept.filter(({ name }) => !name.endsWith('.html')).map(({ name, blob }) => ({ path: name, file: new File([blob], name) })));
  if (!(saver instanceof Folder)) return go('choose', 'again');
  try {
    state.zips.add((await saver.existing()).map(({ name, file }) => ({ path: name, file })));
  } catch (error) {
    interrupted(error, state.task);
    return;
  }
  check();
}

function refuse(key) {
  state.failure = { key };
  go('crashed', 'failed', t(key));
}

async function check() {
  const { zips, mail, settings } = state;
  const beside = (test) => zips.inputs.find(({ path }) => test(path.split('/').pop()));
  const zip = zips.inputs.find(({ path }) => /\.zip$/i.test(path));
  if (!zip) return refuse('check.none');
  let folder = 'ZIPs';
  while (tops().includes(folder)) folder += '-';
  const last = (path) => path.split('/').pop();
  const manifest = beside((name) => /^manifest(-\d+)?\.(csv|jsonl)$/i.test(name));
  const summary = beside((name) => /^summary(-\d+)?\.json$/i.test(name));
  const output = last(zip.path).replace(/(-\d{3,})?\.zip$/i, '.zip');
  const report = `${folder}/report-of-check.html`;
  if (mail.isEmpty && !manifest) return refuse('check.nothing');
  const task = begin();
  Object.assign(state, { saved: [], saving: [], saver: new Downloads() });
  go('convert', 'working', t('checking.title'));
  try {
    const ended = await follow({
      args: ['verify', '--json', '--progress', 'json', '--report', report,
        ...(manifest ? ['--manifest', `${folder}/${last(manifest.path)}`] : []),
        ...(summary && !mail.isEmpty ? ['--like', `${folder}/${last(summary.path)}`] : optionsOf(settings, null)),
        '--output', `${folder}/${output}`, '--', ...tops()],
      inputs: [...mail.inputs, ...zips.inputs.map(({ path, file }) => ({ path: `${folder}/${last(path)}`, file }))],
      folders: [folder], results: [report],
    }, state.saver);
    await finish(ended, state.saver, 'verify');
  } catch (error) {
    interrupted(error, task);
  }
}

/** A run that a person or a fault ended. */
function interrupted(error, task) {
  if (task !== state.task) return;
  const during = state.step;
  state.running = null;
  if (!(error instanceof Stopped)) {
    state.failure = { error };
    go('crashed', 'failed', t('crashed.title'));
  } else if (during === 'inspect') {
    startOver();
  } else if (state.mode === 'check') {
    go('choose', 'main');
  } else {
    state.outcome = { what: 'stopped', kept: [], isFolder: state.saver instanceof Folder };
    go('done', 'outcome', t('stopped.title'));
  }
}

reset();
language.use(language.preferred(navigator.languages));
const select = document.getElementById('language');
select.append(...language.names.map(({ code, name }) => h('option', { value: code, lang: code }, name)));
select.value = document.documentElement.lang;
select.addEventListener('change', () => { language.use(select.value); draw(); });
for (const mode of ['convert', 'check']) {
  document.getElementById(mode).addEventListener('click', () => { if (state.mode !== mode) startOver(mode); });
}
// A file that misses its place does not replace the page.
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  if (state.mode === 'convert' && state.step !== 'convert') take('mail', dropped(event.dataTransfer));
});
addEventListener('beforeunload', (event) => { if (state.running) event.preventDefault(); });
draw();
if (!obstacle()) module().catch(() => {});
