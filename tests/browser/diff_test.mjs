// The page of a difference: what it shows, by keys, in every theme, and whatever the scenario says.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {accessibilityProblems, becomes, launch, root} from './browser.mjs';

const pages = {};

/// Runs `quiesce diff`: the page, and the JSON of the same difference.
function makeDiff(...words) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quiesce-diff-'));
  const page = path.join(folder, 'diff.html');
  const json = path.join(folder, 'diff.json');
  const run = (...more) => {
    try {
      execFileSync(process.env.QUIESCE_PROGRAM, ['diff', ...words, '--output', json, ...more], {
        cwd: root,
        stdio: 'pipe',
      });
    } catch (error) {
      if (error.status !== 1) throw error; // 1: they differ
    }
  };
  run('--format', 'json', '--html', page);
  return {
    diff: JSON.parse(fs.readFileSync(json, 'utf8')),
    url: pathToFileURL(page).href,
    remove: () => fs.rmSync(folder, {recursive: true}),
  };
}

before(() => {
  pages.mutexes = makeDiff('tests/data/reports/two-mutexes.yaml', 'opposite', 'same_order');
  pages.seed = makeDiff('scenarios/remove/legacy-seed.yaml', 'transmit', 'fixed');
  pages.hostile = makeDiff('tests/data/browser/hostile-variants.yaml', 'broken', '<img src=x onerror=hostile=1>');
});
after(() => Object.values(pages).forEach((page) => page.remove()));

test('the page shows what the JSON says', async () => {
  const browser = await launch();
  const {page} = browser;
  const {diff, url} = pages.mutexes;
  const [pair] = diff.pairs;
  await page.goto(url);
  const plain = await page.locator('main').textContent();
  for (const one of pair.findings) assert.ok(plain.includes(one.id) && plain.includes(one.summary));
  for (const one of pair.verdicts) assert.ok(plain.includes(one.property));
  const marked = await page.locator('.difference .beside.a .left code').allTextContents();
  assert.ok(marked.includes('call remove_from_list()'), 'a line that only A has is marked');
  const first = page.locator('[id^=trace-]').first();
  const parted = await first.locator('tr.apart').count();
  const {nearest} = pair.findings[0];
  assert.equal(parted, nearest.rows.length - nearest.parts);
  assert.equal(await first.locator('tr.beside').count(), nearest.rows.length);
  assert.equal(await page.getByText('Here they part').first().isVisible(), true);
  await browser.close();
});

test('a finding leads to its runs, and what is the same is shown when it is asked for', async () => {
  const browser = await launch();
  const {page} = browser;
  const {diff, url} = pages.seed;
  await page.goto(url);
  const gone = diff.pairs[0].findings.filter((one) => one.state === 'gone');
  assert.ok(gone.length > 1);
  const last = gone.at(-1);
  await page.locator('.findings-table a', {hasText: last.summary}).first().click();
  const article = page.locator(`[id="trace-0-${last.id}"]`);
  await becomes(() => article.locator('details').getAttribute('open'), '');
  const button = article.getByRole('button', {name: 'that are the same'}).first();
  const before = await article.locator('tr.beside:visible').count();
  await button.click();
  assert.ok((await article.locator('tr.beside:visible').count()) > before);
  await page.goto(`${url}#trace-0-${gone[1].id}`);
  await page.reload();
  await becomes(() => page.locator(`[id="trace-0-${gone[1].id}"] details`).getAttribute('open'), '');
  await browser.close();
});

test('keys go from difference to difference, and change the theme', async () => {
  const browser = await launch({colorScheme: 'light'});
  const {page} = browser;
  await page.goto(pages.mutexes.url);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press('j');
  assert.equal(await focused(), 'device_shutdown');
  await page.keyboard.press('j');
  const second = await focused();
  assert.notEqual(second, 'device_shutdown');
  await page.keyboard.press('k');
  assert.equal(await focused(), 'device_shutdown');
  await page.keyboard.press('t');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  const pdf = await page.pdf();
  assert.ok(pdf.length > 10000);
  await browser.close();
});

test('text of a scenario is never markup and never script', async () => {
  const browser = await launch();
  const {page} = browser;
  const {diff, url} = pages.hostile;
  await page.goto(url);
  assert.ok(diff.b.includes('<img') && diff.pairs[0].title.includes('</script>'));
  assert.ok((await page.locator('main').textContent()).includes(diff.b));
  assert.equal(await page.locator('img, iframe, object, embed').count(), 0);
  assert.equal(await page.evaluate(() => window.hostile), undefined);
  assert.equal(await page.evaluate(() => document.scripts.length), 3);
  await browser.close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1400, 420]) {
    test(`the page is accessible, ${colorScheme}, ${width} wide`, async () => {
      // The page's own policy forbids scripts that are not its own, which is what axe-core would be.
      const browser = await launch({colorScheme, viewport: {width, height: 900}, bypassCSP: true});
      const {page} = browser;
      for (const [name, {url}] of Object.entries(pages)) {
        await page.goto(url);
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
        assert.deepEqual(await accessibilityProblems(page), [], name);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
        assert.ok(wide, `nothing is wider than the page (${name})`);
      }
      await browser.close();
    });
  }
}
