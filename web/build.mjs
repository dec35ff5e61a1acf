// Makes the page: one HTML file with everything in it, the same bytes each time.
//
//   node build.mjs MODULE.wasm PAGE.html

import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { encode } from './src/base94.js';

const here = dirname(fileURLToPath(import.meta.url));
const [module, page] = process.argv.slice(2);
const source = (name) => join(here, 'src', name);
const text = (name) => readFileSync(source(name), 'utf8');

/** The page may not be larger. */
const MOST = 1_500_000;

/** Browsers that can run the module have this. */
const target = ['es2021'];

async function bundle(entry, plugins = []) {
  const options = { define: { SIMD: String(process.env.SIMD !== 'off') }, bundle: true, minify: true, write: false, format: 'iife', charset: 'utf8', legalComments: 'inline', target, plugins };
  const { outputFiles: [file] } = await build({ entryPoints: [source(entry)], ...options });
  return file.text.trim();
}

/** A module that is made here. */
const virtual = (name, contents, loader) => ({
  name,
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
    build.onLoad({ filter: /.*/, namespace: name }, () => ({ contents, loader }));
  },
});

/** All languages, each checked for the texts that it lacks. */
function languages() {
  const all = {};
  for (const file of readdirSync(join(here, 'lang')).sort()) {
    all[file.replace(/\.json$/, '')] = JSON.parse(readFileSync(join(here, 'lang', file), 'utf8'));
  }
  for (const [code, { texts }] of Object.entries(all)) {
    const missing = Object.keys(all.en.texts).filter((key) => !Object.hasOwn(texts, key));
    const unknown = Object.keys(texts).filter((key) => !Object.hasOwn(all.en.texts, key));
    if (missing.length + unknown.length > 0) throw new Error(`lang/${code}.json lacks ${missing}, and should not have ${unknown}`);
  }
  return JSON.stringify(all);
}

const version = readFileSync(join(here, '../Cargo.toml'), 'utf8').match(/^version = "(.*)"$/m)[1];
const worker = await bundle('worker.js');
const script = (await bundle('page.js', [virtual('worker', worker, 'text'), virtual('languages', languages(), 'json')])).replaceAll('%VERSION%', version);
const css = await build({ entryPoints: [source('page.css')], minify: true, write: false });
const style = css.outputFiles[0].text.trim();
// The settings suit code: no alignment, and a dictionary that is larger than the module.
const xz = ['--format=xz', '--check=crc32', '--threads=1', '--lzma2=preset=9e,dict=8MiB,lc=4,lp=0,pb=0', '--stdout'];
const wasm = encode(execFileSync('xz', xz, { input: readFileSync(module), maxBuffer: 1 << 26 }));

if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style)) throw new Error('it would end its element');
const hash = (code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`;
const policy = [
  "default-src 'none'", `script-src ${hash(script)} 'wasm-unsafe-eval'`, `style-src ${hash(style)}`, 'worker-src blob:',
  "base-uri 'none'", "form-action 'none'",
].join('; ');

const parts = { CSP: policy, VERSION: version, STYLE: style, WASM: wasm, SCRIPT: script };
const html = text('page.html').replace(/%([A-Z]+)%/g, (whole, name) => parts[name] ?? whole);
const bytes = Buffer.byteLength(html);
if (bytes > MOST) throw new Error(`the page has ${bytes} bytes, more than ${MOST}`);
writeFileSync(page, html);
console.log(`${page}: ${bytes} bytes, of which ${wasm.length} are the module`);
