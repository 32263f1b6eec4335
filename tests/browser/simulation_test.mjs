// The pages of runs in virtual time: plots and tables say what the JSON says, and one run opens as a counterexample does.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {accessibilityProblems, launch, root, selectedStep} from './browser.mjs';

const own = fs.mkdtempSync(path.join(os.tmpdir(), 'quiesce-simulation-'));
after(() => fs.rmSync(own, {recursive: true}));
const RACE = 'tests/data/reports/race.yaml';

/// The page and the JSON of the same runs.
function simulated(scenario, ...options) {
  const [page, json] = ['page.html', 'result.json'].map((name) => path.join(own, name));
  execFileSync(
    process.env.QUIESCE_PROGRAM,
    ['simulate', scenario, ...options, '--html', page, '--format', 'json', '--output', json],
    {cwd: root, stdio: 'pipe'},
  );
  return {url: pathToFileURL(page).href, result: JSON.parse(fs.readFileSync(json, 'utf8'))};
}

const SWEEP = ['--runs', '300', '--sweep', 'mean=1ms:100ms:log:5'];

test('the table and the plot of a sweep say what the result says', async () => {
  const {url, result} = simulated(RACE, ...SWEEP);
  const {page, close} = await launch();
  await page.goto(url);
  const rows = page.locator('main > section table').first().locator('tbody tr');
  const {points} = result.variants[0];
  assert.equal(points.length, 5);
  assert.equal(await rows.count(), points.length);
  const circles = page.locator('svg circle');
  assert.equal(await circles.count(), points.length);
  const places = await circles.evaluateAll((all) => all.map((one) => [Number(one.getAttribute('cx')), Number(one.getAttribute('cy'))]));
  for (const [index, {values, properties}] of points.entries()) {
    const [{probability, interval}] = properties;
    const text = await rows.nth(index).textContent();
    for (const part of [values[0], probability.toFixed(4), interval[0].toFixed(4), interval[1].toFixed(4)])
      assert.ok(text.includes(part), `${part} in ${text}`);
    assert.match(await circles.nth(index).textContent(), new RegExp(`${values[0]}: ${probability.toFixed(4)}`));
  }
  // Equal ratios are equally far apart on the logarithmic axis, and what is more probable is higher up.
  const steps = places.slice(1).map(([x], index) => x - places[index][0]);
  for (const step of steps) assert.ok(Math.abs(step - steps[0]) < 1.5, String(steps));
  for (const [index, point] of points.entries()) {
    if (index === 0) continue;
    const isHigher = point.properties[0].probability > points[index - 1].properties[0].probability;
    assert.equal(places[index][1] < places[index - 1][1], isHigher);
  }
  await close();
});

test('the run that is named shows what it is said to show', async () => {
  const {url, result} = simulated(RACE, ...SWEEP);
  const {page, close} = await launch();
  await page.goto(url);
  await page.locator('summary').first().click();
  const words = await page.locator('details code').first().textContent();
  const [{id}] = result.variants[0].points[0].properties[0].causes;
  const text = execFileSync(process.env.QUIESCE_PROGRAM, ['simulate', RACE, ...words.split(' ')], {cwd: root, encoding: 'utf8'});
  assert.ok(text.includes(id), text);
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1400, 420]) {
    test(`axe finds nothing serious, ${colorScheme}, ${width} pixels wide`, async () => {
      const {url} = simulated(RACE, ...SWEEP);
      const {page, close} = await launch({colorScheme, viewport: {width, height: 900}});
      await page.goto(url);
      assert.deepEqual(await accessibilityProblems(page), []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} pixels too wide`);
      await close();
    });
  }
}

test('one run opens with its console, its times and its findings', async () => {
  const {url, result} = simulated('scenarios/reboot/recorded-late-unmap.yaml', '--variant', 'shutdown');
  const {page, close} = await launch();
  await page.goto(url);
  const [{properties}] = result.variants;
  const whole = properties[0].findings[0];
  await page.goto(`${url}#shutdown/${whole.id}/${whole.steps.length}/log`);
  const log = await page.locator('.log').textContent();
  for (const {text} of whole.log) assert.ok(log.includes(text), text);
  assert.equal(whole.log.filter(({text}) => text.includes('CMD_SYNC timeout')).length, 30);
  assert.equal(await selectedStep(page), whole.steps.length);
  const lockup = properties.find(({name}) => name === 'soft_lockup').findings[0];
  await page.goto(`${url}#shutdown/${lockup.id}`);
  assert.match(await page.locator('body').textContent(), /soft lockup - CPU#0 stuck for 27s!/);
  await close();
});
