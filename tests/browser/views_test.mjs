// What the views of a finding and the verdict page say, at steps and of results where it is easily wrong.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';

import {becomes, findingsOf, hashOf, launch, makeReport, selectedStep} from './browser.mjs';

const MUTEXES = 'tests/data/reports/two-mutexes.yaml';
const own = fs.mkdtempSync(path.join(os.tmpdir(), 'quiesce-views-'));
after(() => fs.rmSync(own, {recursive: true}));

const written = (name, text) => {
  const file = path.join(own, name);
  fs.writeFileSync(file, text);
  return file;
};

const withReport = (name, scenario, options, act, browserOptions) =>
  test(name, async () => {
    const report = makeReport(scenario, options);
    const browser = await launch(browserOptions);
    await act(browser.page, report);
    await browser.close();
    report.remove();
  });

withReport('nothing is said where nothing is to say', MUTEXES, [], async (page, report) => {
  await page.goto(`${report.url}${hashOf(findingsOf(report.result)[0], 0)}`);
  assert.doesNotMatch(await page.locator('.now').textContent(), /false|undefined|null/);
});

withReport('the verdict page says what an incomplete search has seen', MUTEXES, ['--max-states', '20'], async (page, report) => {
  await page.goto(report.url);
  for (const {coverage} of report.result.variants) {
    const words = `${coverage.never_taken.length} of ${coverage.steps} steps never taken`;
    assert.ok((await page.locator('main').textContent()).includes(words), words);
  }
});

withReport('the verdict page says where the states are', MUTEXES, ['--profile'], async (page, report) => {
  await page.goto(report.url);
  const text = await page.locator('main').textContent();
  for (const {profile} of report.result.variants) {
    assert.ok(profile.steps.length > 0);
    for (const {where} of profile.steps.slice(0, 20)) assert.ok(text.includes(where), where);
  }
});

withReport('a link to a step keeps the view', 'scenarios/remove/legacy-seed.yaml', ['--variant', 'transmit'], async (page, report) => {
  const entry = findingsOf(report.result)[0];
  await page.goto(`${report.url}${hashOf(entry, 1, 'log')}`);
  const link = page.locator('.log a').last();
  const number = Number((await link.textContent()).replace('step ', ''));
  await link.click();
  await becomes(() => selectedStep(page), number);
  assert.equal(await page.locator('#tab-log').getAttribute('aria-selected'), 'true');
});

withReport('who follows a link in the selected step stays there', 'scenarios/remove/legacy-seed.yaml', ['--variant', 'transmit'], async (page, report) => {
  const entry = findingsOf(report.result)[0];
  const caused = entry.finding.steps.find((step) => step.enabled_by);
  await page.goto(`${report.url}${hashOf(entry, caused.number)}`);
  await page.locator('.now .more a').first().press('Enter');
  await becomes(() => selectedStep(page), caused.enabled_by.step);
  assert.ok(await page.evaluate(() => document.activeElement.closest('.now') !== null));
});

withReport('the line of a long routine that was just made is in sight', 'scenarios/queue/stopped-owner.yaml', ['--explain', 'none'], async (page, report) => {
  const entry = findingsOf(report.result).find(({finding}) => finding.steps.length > 20);
  let looked = 0;
  for (let k = 1; k <= entry.finding.steps.length; ++k) {
    await page.goto(`${report.url}${hashOf(entry, k, 'routines')}`);
    const inSight = await page.$$eval('.listing .made', (lines) =>
      lines.map((line) => {
        const [line_, list] = [line, line.closest('.listing')].map((one) => one.getBoundingClientRect());
        return line_.top >= list.top - 1 && line_.bottom <= list.bottom + 1;
      }),
    );
    looked += inSight.length;
    assert.ok(!inSight.includes(false), `step ${k}`);
  }
  assert.ok(looked > 20);
});

withReport('a wait in the timeline says what was waited for', 'scenarios/reboot/sva-release.yaml', ['--explain', 'none'], async (page, report) => {
  let waits = 0;
  for (const entry of findingsOf(report.result)) {
    await page.goto(`${report.url}${hashOf(entry)}`);
    const texts = await page.evaluate(() =>
      Q.lanesOf(new Q.Run(Q.findings()[Number(document.getElementById('finding').value)]))
        .lanes.filter((lane) => lane.kind === 'task')
        .flatMap((lane) => lane.spans.filter((span) => span.blocked).map((span) => span.text)),
    );
    waits += texts.length;
    for (const text of texts) assert.doesNotMatch(text, /^\S+ (runs|is about to run|has exited)\b/);
  }
  assert.ok(waits > 0);
});

withReport('the ring has the slots of the table', 'scenarios/dma/unmap.yaml', [], async (page, report) => {
  await page.goto(`${report.url}${hashOf(findingsOf(report.result)[0], 1, 'machine')}`);
  await page.locator('#show-all').check();
  const rings = page.locator('.ring-and-slots');
  assert.ok((await rings.count()) > 0);
  const ring = rings.first();
  const slots = await ring.locator('.slots tbody tr').count();
  assert.equal(await ring.locator('.slot-sector').count(), slots);
});

withReport(
  'a key that is held down is followed to the end',
  'tests/data/browser/longer-run.yaml',
  [],
  async (page, report) => {
    const entry = findingsOf(report.result)[0];
    await page.goto(`${report.url}${hashOf(entry, 0)}`);
    for (let i = 0; i < 400; ++i) await page.keyboard.press('j');
    assert.equal(await selectedStep(page), 400);
    await becomes(() => page.url().endsWith(hashOf(entry, 400)), true);
  },
  {ignoreDefaultArgs: ['--disable-ipc-flooding-protection']},
);

withReport(
  'a run without steps is shown',
  written(
    'at-once.yaml',
    `quiesce: 1
name: at-once
globals: { x: int 0..2 }
rules: [{ name: more, when: x == 0, do: [set: x = 1] }]
properties: { never_zero: { never: x == 0 } }
`,
  ),
  [],
  async (page, report) => {
    const entry = findingsOf(report.result).find(({finding}) => finding.steps.length === 0);
    await page.goto(`${report.url}${hashOf(entry)}`);
    for (const key of ['n', 'p', 'j', 'k', 'c', 'g', 'G']) await page.keyboard.press(key);
    assert.match(await page.locator('.step-list').textContent(), /No step is needed.*never_zero/);
  },
);

const known = makeReport(MUTEXES);
known.result.variants[0].properties.find(({name}) => name === 'deadlock').findings = [];
const baseline = written('baseline.json', JSON.stringify(known.result));
known.remove();

withReport('what is new beside the baseline is marked', MUTEXES, ['--baseline', baseline], async (page, report) => {
  await page.goto(report.url);
  assert.match(await page.locator('.overall').textContent(), /! 1 of 2 variants not as expected, beside the baseline/);
  assert.equal(await page.locator('.findings .unexpected', {hasText: 'new'}).count(), 1);
  await page.goto(report.index);
  assert.match(await page.locator('main').textContent(), /! opposite/);
});

withReport('what is inconclusive against expectations is named', MUTEXES, ['--mode', 'contexts=1'], async (page, report) => {
  await page.goto(report.url);
  const unknown = report.result.variants[0].properties.filter((one) => one.status === 'inconclusive' && !one.as_expected);
  assert.ok(unknown.length > 0);
  const text = await page.locator('.variant').first().textContent();
  for (const {name} of unknown) assert.ok(text.includes(name), name);
  assert.match(text, /inconclusive, expected holds/);
  assert.doesNotMatch(await page.locator('main').textContent(), /none found/);
});
