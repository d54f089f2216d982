// Screenshots, prints and an accessibility check of sample pages: FOLDER OUT. Called by look.sh.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.env.LOOK_MODULES, 'x.js'));
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const [folder, out] = process.argv.slice(2);
const only = process.env.LOOK_ONLY;
fs.mkdirSync(out, { recursive: true });

const pages = [];
for (const lang of ['en', 'fr'])
  for (const file of fs.readdirSync(path.join(folder, lang), { recursive: true }))
    if (file.endsWith('.html')) pages.push({ lang, file, name: `${lang}-${file.replace(/\/?report\.html$|\.html$/, '')}` });

const browser = await puppeteer.launch({ executablePath: process.env.LOOK_CHROMIUM, args: ['--no-sandbox'] });
let findings = 0;
for (const { lang, file, name } of pages) {
  if (only && !name.match(only)) continue;
  const page = await browser.newPage();
  await page.setBypassCSP(true);  // for axe only; the page itself is looked at with its policy below
  const url = 'file://' + path.resolve(folder, lang, file);
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const width of [320, 360, 768, 1280]) {
      await page.setViewport({ width, height: 900 });
      await page.goto(url);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) { ++findings; console.log(`${name} ${scheme} ${width}: ${overflow} px wider than the window`); }
      if (width !== 320 && !name.endsWith('big'))
        await page.screenshot({ path: path.join(out, `${name}-${scheme}-${width}.png`), fullPage: !process.env.LOOK_FOLD });
    }
    if (name.endsWith('big')) continue;
    for (const open of [false, true]) {
      if (open) await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run());
      for (const v of violations) {
        if (v.impact === 'serious' || v.impact === 'critical') ++findings;
        console.log(`${name} ${scheme}${open ? ' all open' : ''}: ${v.impact}: ${v.id}: ${v.help}: ${v.nodes.length}×, ${v.nodes[0].html.slice(0, 160)}`);
      }
    }
  }
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
  if (!name.endsWith('big')) { await page.goto(url); await page.pdf({ path: path.join(out, `${name}.pdf`), preferCSSPageSize: true }); }
  await page.close();
}

// With its policy in force: what the browser refuses or misses is told on the console.
for (const { lang, file, name } of pages) {
  if (only && !name.match(only)) continue;
  const page = await browser.newPage();
  page.on('console', m => { ++findings; console.log(`${name}: console: ${m.text()}`); });
  page.on('request', r => { if (!r.url().startsWith('file://')) { ++findings; console.log(`${name}: asks for ${r.url()}`); } });
  const begin = Date.now();
  await page.goto('file://' + path.resolve(folder, lang, file));
  if (name.endsWith('big')) console.log(`${name}: loaded in ${Date.now() - begin} ms, ${await page.evaluate(() => document.querySelectorAll('*').length)} elements`);
  await page.close();
}
await browser.close();
console.log(findings === 0 ? 'no serious findings' : `${findings} findings`);
process.exit(findings === 0 ? 0 : 1);
