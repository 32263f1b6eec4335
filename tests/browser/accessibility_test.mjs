// axe-core finds nothing serious in any view, light or dark, wide or narrow.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {accessibilityProblems, findingsOf, hashOf, launch, makeReport} from './browser.mjs';

const reports = {};

before(() => {
  reports.mutexes = makeReport('tests/data/reports/two-mutexes.yaml');
  reports.seed = makeReport('scenarios/remove/legacy-seed.yaml', ['--variant', 'transmit']);
  reports.queue = makeReport('scenarios/recovery/cmdq-error.yaml');
  reports.unmap = makeReport('scenarios/dma/unmap.yaml');
});
after(() => Object.values(reports).forEach((report) => report.remove()));

const check = async (page, what) => assert.deepEqual(await accessibilityProblems(page), [], what);

test('no table makes a narrow page scroll sideways', async () => {
  const report = makeReport('scenarios/remove/legacy-seed.yaml');
  const browser = await launch({viewport: {width: 420, height: 900}});
  const {page} = browser;
  const entry = findingsOf(report.result)[0];
  for (const hash of ['', hashOf(entry, 1, 'machine'), hashOf(entry, 1, 'waits')]) {
    await page.goto(`${report.url}${hash}`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 420, `${hash}: ${width} px`);
  }
  await browser.close();
  report.remove();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1400, 420]) {
    test(`every view is accessible, ${colorScheme}, ${width} wide`, async () => {
      // The page's own policy forbids scripts that are not its own, which is what axe-core would be.
      const browser = await launch({colorScheme, viewport: {width, height: 900}, bypassCSP: true});
      const {page} = browser;
      await page.goto(reports.mutexes.index);
      await check(page, 'the list of reports');
      for (const [name, report] of Object.entries(reports)) {
        await page.goto(report.url);
        await check(page, `${name}: verdicts`);
        const findings = findingsOf(report.result);
        const entry = findings.at(-1);
        const middle = Math.ceil(entry.finding.steps.length / 2);
        for (const tab of ['machine', 'routines', 'waits', 'log', 'orderings']) {
          await page.goto(`${report.url}${hashOf(entry, middle, tab)}`);
          await check(page, `${name}: ${tab}`);
        }
        await page.goto(`${report.url}${hashOf(findings[0])}`);
        await page.keyboard.press('a');
        await check(page, `${name}: all rows`);
      }
      await page.keyboard.press('?');
      await check(page, 'help');
      await browser.close();
    });
  }
}
