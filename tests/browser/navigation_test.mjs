// Links, the history, search, tabs, themes, help and paper.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {becomes, findingsOf, hashOf, launch, makeReport, selectedStep} from './browser.mjs';

let report;
let seed;

before(() => {
  report = makeReport('tests/data/reports/two-mutexes.yaml');
  seed = makeReport('scenarios/remove/legacy-seed.yaml', ['--variant', 'transmit']);
});
after(() => {
  report.remove();
  seed.remove();
});

const withPage = (name, act, options) =>
  test(name, async () => {
    const browser = await launch(options);
    await act(browser.page, findingsOf(report.result), browser);
    await browser.close();
  });

withPage(
  'the verdict page shows every variant, and a violated cell leads to its finding',
  async (page, findings) => {
    await page.goto(report.url);
    assert.equal(await page.locator('.matrix tbody tr').count(), report.result.variants.length);
    const text = await page.locator('main').textContent();
    for (const variant of report.result.variants) {
      assert.ok(text.includes(variant.states.toLocaleString('en')));
      for (const change of variant.changes) assert.ok(text.includes(change));
      assert.ok(text.includes(variant.reason));
    }
    assert.ok(text.includes(report.result.measured.version));
    assert.ok(text.includes('quiesce check tests/data/reports/two-mutexes.yaml --html'));
    await page.locator('.matrix .verdict a').first().click();
    await becomes(() => page.locator('h1').textContent(), findings[0].finding.summary);
  },
);

withPage('who looks through the findings by arrow keys goes back in one step', async (page, findings) => {
  assert.ok(findings.length >= 3);
  await page.goto(report.url);
  await page.locator('#finding').focus();
  for (const {finding} of findings.slice(0, 3)) {
    await page.keyboard.press('ArrowDown');
    await becomes(() => page.locator('h1').textContent(), finding.summary);
  }
  await page.goBack();
  await becomes(() => page.locator('.matrix').count(), 1);
});

withPage('a deep link opens variant, finding and step, and the history works', async (page, findings) => {
  const entry = findings[1];
  await page.goto(`${report.url}${hashOf(entry, 3)}`);
  assert.equal(await selectedStep(page), 3);
  assert.equal(await page.locator('.step.selected').getAttribute('data-step'), '3');
  await page.keyboard.press('j');
  assert.ok(page.url().endsWith(hashOf(entry, 4)));
  await page.locator('.step[data-step="2"] a').click();
  await becomes(() => selectedStep(page), 2);
  await page.keyboard.press(']');
  assert.equal(await page.locator('h1').textContent(), findings[2].finding.summary);
  await page.goBack();
  await becomes(() => page.locator('h1').textContent(), entry.finding.summary);
  assert.equal(await selectedStep(page), 2);
  await page.goBack();
  await becomes(() => selectedStep(page), 4);
  await page.goForward();
  await becomes(() => selectedStep(page), 2);
  await page.keyboard.press('v');
  assert.equal(await page.locator('.matrix').count(), 1);
});

withPage(
  'an address that names nothing shows the verdicts, and a step too far the last one',
  async (page, findings) => {
    await page.goto(`${report.url}#no/such/thing`);
    assert.equal(await page.locator('.matrix').count(), 1);
    await page.goto(`${report.url}${hashOf(findings[0], 99999)}`);
    assert.equal(await selectedStep(page), findings[0].finding.steps.length);
    await page.goto(`${report.url}#%E0%A4%A/%/x`);
    assert.equal(await page.locator('.matrix').count(), 1);
  },
);

withPage('search counts, marks and walks through the matches', async (page) => {
  const entry = findingsOf(seed.result)[0];
  const matching = entry.finding.steps.filter((step) => step.text.includes('mutex_lock'));
  assert.ok(matching.length > 2);
  await page.goto(`${seed.url}${hashOf(entry, 0)}`);
  await page.keyboard.press('/');
  await page.keyboard.type('MUTEX_LOCK');
  assert.equal(await page.locator('.step.match').count(), matching.length);
  await page.keyboard.press('Enter');
  assert.equal(await selectedStep(page), matching[0].number);
  await page.keyboard.press('Enter');
  assert.equal(await selectedStep(page), matching[1].number);
  await page.keyboard.press('Shift+Enter');
  assert.equal(await selectedStep(page), matching[0].number);
  await page.locator('#only-matches').check();
  assert.equal(await page.locator('.step:visible').count(), matching.length);
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.step.match').count(), 0);
});

withPage('the selected step is in sight in a long list', async (page) => {
  const entry = findingsOf(seed.result)[0];
  await page.goto(`${seed.url}${hashOf(entry, 1)}`);
  for (const step of [Math.floor(entry.finding.steps.length / 2), entry.finding.steps.length, 2]) {
    await page.goto(`${seed.url}${hashOf(entry, step)}`);
    await page.waitForTimeout(100);
    const inSight = await page.$eval('.step.selected', (node) => {
      const own = node.getBoundingClientRect();
      const list = node.closest('.step-list').getBoundingClientRect();
      return own.top >= list.top && own.bottom <= list.bottom;
    });
    assert.ok(inSight, `step ${step}`);
  }
});

withPage('every tab shows its view, by key and by arrow', async (page, findings) => {
  await page.goto(`${report.url}${hashOf(findings[1], 4)}`);
  for (const [key, selector] of [
    ['2', '.listing .made'],
    ['3', '.graph .waiter.circle'],
    ['4', '.log td.code'],
    ['5', '.ordered li'],
    ['1', '.machine .cards'],
  ]) {
    await page.keyboard.press(key);
    assert.ok((await page.locator(selector).count()) > 0, selector);
  }
  await page.locator('#tab-machine').focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('#tab-routines').getAttribute('aria-selected'), 'true');
  await becomes(() => page.url().endsWith('/4/routines'), true);
});

withPage(
  'the theme changes, and is kept',
  async (page) => {
    await page.goto(report.url);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.keyboard.press('t');
    assert.notEqual(await ground(), light);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.reload();
    assert.notEqual(await ground(), light);
    await page.locator('#theme').click();
    assert.equal(await ground(), light);
  },
  {colorScheme: 'light'},
);

withPage('help opens and closes by key', async (page) => {
  await page.goto(report.url);
  await page.keyboard.press('?');
  assert.ok(await page.locator('dialog').isVisible());
  await page.keyboard.press('Escape');
  assert.ok(!(await page.locator('dialog').isVisible()));
});

withPage('the timeline zooms, moves and goes to the step that is pressed', async (page) => {
  const entry = findingsOf(seed.result)[0];
  await page.goto(`${seed.url}${hashOf(entry, 30)}`);
  const ticks = () => page.locator('.timeline .tick:not(.time)').allTextContents();
  const all = await ticks();
  for (let i = 0; i < 6; ++i) await page.keyboard.press('+');
  assert.notDeepEqual(await ticks(), all);
  const zoomed = await ticks();
  await page.keyboard.press('>');
  assert.notDeepEqual(await ticks(), zoomed);
  await page.keyboard.press('0');
  assert.deepEqual(await ticks(), all);
  const box = await page.locator('.plot').boundingBox();
  await page.mouse.click(box.x + box.width - 13, box.y + 60);
  assert.equal(await selectedStep(page), entry.finding.steps.length);
});

withPage('a printed finding has the verdicts and all steps', async (page) => {
  const entry = findingsOf(seed.result)[0];
  await page.goto(`${seed.url}${hashOf(entry)}`);
  await page.evaluate(() => {
    const note = () => {
      window.printed = [
        document.querySelectorAll('#paper .step').length,
        document.querySelectorAll('#paper .matrix').length,
      ];
    };
    addEventListener('beforeprint', note);
  });
  const paper = await page.pdf({format: 'A4'});
  assert.ok(paper.length > 20000);
  assert.deepEqual(await page.evaluate(() => window.printed), [entry.finding.steps.length, 1]);
  assert.equal(await page.locator('#paper').count(), 0);
});

withPage('a printed verdict page has the steps of every finding', async (page, findings) => {
  await page.goto(report.url);
  await page.evaluate(() =>
    addEventListener('beforeprint', () => {
      window.printed = document.querySelectorAll('#paper .step').length;
    }),
  );
  assert.ok((await page.pdf()).length > 10000);
  assert.equal(
    await page.evaluate(() => window.printed),
    findings.reduce((sum, {finding}) => sum + finding.steps.length, 0),
  );
});

withPage('the list of reports leads to each of them', async (page) => {
  await page.goto(report.index);
  await page.locator('.contents a').first().click();
  await page.waitForURL(/two-mutexes\.html/);
  assert.equal(await page.locator('h1').textContent(), report.result.title);
  await page.getByRole('link', {name: 'All scenarios'}).click();
  await page.waitForURL(/index\.html/);
});

test('without scripts the page shows the text of the report', async () => {
  const browser = await launch({javaScriptEnabled: false});
  await browser.page.goto(report.url);
  assert.match(await browser.page.locator('noscript').innerText(), /deadlock in iommu_probe_device\+1/);
  await browser.close();
});
