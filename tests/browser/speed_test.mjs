// Long runs: the page is written and opened quickly, and stepping does not lag. The limits are five times
// what is promised, so that a slow machine does not fail.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {findingsOf, hashOf, launch, makeReport} from './browser.mjs';

const LIMIT_MS = 5000;

const since = (start) => Math.round(performance.now() - start);

for (const [file, least] of [
  ['tests/data/browser/long-run.yaml', 500],
  ['tests/data/browser/longer-run.yaml', 2000],
]) {
  test(`a run of ${least} steps is written, opened and walked through without lag`, async (context) => {
    let start = performance.now();
    const report = makeReport(file);
    const written = since(start);
    const browser = await launch();
    const {page} = browser;
    const entry = findingsOf(report.result)[0];
    assert.ok(entry.finding.steps.length >= least, `${entry.finding.steps.length} steps`);
    start = performance.now();
    await page.goto(`${report.url}${hashOf(entry)}`);
    await page.locator('.step.selected').waitFor();
    const opened = since(start);
    await page.keyboard.press('g');
    const walked = await page.evaluate(async () => {
      const begin = performance.now();
      for (let i = 0; i < 100; ++i) {
        dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true}));
        await new Promise(requestAnimationFrame);
      }
      return Math.round(performance.now() - begin);
    });
    context.diagnostic(
      `search and page ${written} ms, ${Math.round(report.bytes / 1024)} kB, opened ${opened} ms, 100 steps ${walked} ms`,
    );
    if (least === 500) assert.ok(written < LIMIT_MS, `written in ${written} ms`);
    assert.ok(opened < LIMIT_MS, `opened in ${opened} ms`);
    assert.ok(walked < 2 * LIMIT_MS, `100 steps took ${walked} ms`);
    await browser.close();
    report.remove();
  });
}

test('the assets of a page are smaller than 150 kB', () => {
  const report = makeReport('tests/data/reports/two-mutexes.yaml');
  const data = JSON.stringify(report.result).length;
  assert.ok(report.bytes - data < 150 * 1024 + 20 * 1024, `${report.bytes} bytes, of which ${data} are data`);
  report.remove();
});
