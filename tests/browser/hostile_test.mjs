// Whatever a scenario says stands in the page as text.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {findingsOf, hashOf, launch, makeReport} from './browser.mjs';

// Marks that are not seen, or turn the direction of writing, are shown as dots.
const shown = (text) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/g, '\u00b7');

test('text of a scenario is never markup and never script', async () => {
  const report = makeReport('tests/data/browser/hostile.yaml');
  const browser = await launch();
  const {page} = browser;
  await page.goto(report.url);
  assert.equal(await page.locator('h1').textContent(), shown(report.result.title));
  assert.ok(report.result.title.includes('</script>') && report.result.title.includes('<img'));
  const plain = await page.locator('main').textContent();
  for (const variant of report.result.variants)
    assert.ok(plain.includes(shown(variant.reason)) && plain.includes(shown(variant.name)));
  for (const source of report.result.sources) assert.ok(plain.includes(shown(source)));
  const findings = findingsOf(report.result);
  assert.ok(findings.length > 0);
  for (const tab of ['machine', 'routines', 'waits', 'log', 'orderings']) {
    await page.goto(`${report.url}${hashOf(findings[0], 1, tab)}`);
    assert.equal(await page.locator('img, iframe, object, embed').count(), 0);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.ok(wide, `nothing is wider than the page (${tab})`);
  }
  assert.equal(await page.evaluate(() => window.hostile), undefined);
  assert.equal(await page.evaluate(() => document.scripts.length), 3);
  await page.goto(report.index);
  assert.ok((await page.locator('main').textContent()).includes(shown(report.result.title)));
  assert.equal(await page.evaluate(() => window.hostile), undefined);
  await browser.close();
  report.remove();
});

test('the policy of the page stops scripts that are not its own', async () => {
  const report = makeReport('tests/data/reports/two-mutexes.yaml');
  const browser = await launch();
  await browser.page.goto(report.url);
  const ran = await browser.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = true';
    document.body.append(script);
    return window.intruder === true;
  });
  assert.equal(ran, false);
  browser.complaints.length = 0; // the browser reports what it has stopped
  await browser.close();
  report.remove();
});
