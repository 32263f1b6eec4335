// Walks through the runs of shipped scenarios by keyboard and compares the machine with the JSON result.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {cellsAfter, findingsOf, hashOf, launch, makeReport, selectedStep, shownCells} from './browser.mjs';

const SCENARIOS = [
  ['scenarios/dma/unmap.yaml'],
  ['scenarios/recovery/cmdq-error.yaml'],
  ['scenarios/remove/legacy-seed.yaml', '--variant', 'transmit'],
  ['scenarios/reboot/recorded-late-unmap.yaml', '--explain', 'none'],
  ['scenarios/textbook/peterson-store-buffers.yaml'],
  ['scenarios/queue/stopped-owner.yaml', '--explain', 'none'],
];

async function compare(page, finding, k) {
  assert.equal(await selectedStep(page), k);
  const wanted = cellsAfter(finding, k);
  const shown = await shownCells(page);
  for (const [cell, text] of shown)
    assert.equal(text, wanted[cell], `cell ${cell} after step ${k} of ${finding.id}`);
  return shown.length;
}

/// Every cell that changes in the run is in sight.
async function seesChanges(page, finding, machine) {
  const shown = new Set((await shownCells(page, true)).map(([cell]) => cell));
  const changing = new Set(finding.steps.flatMap((step) => step.cells.map(([cell]) => cell)));
  const elsewhere = new Set(
    machine.contexts.flatMap((context) => [context.callers, context.where, context.waits]),
  );
  const missing = [...changing].filter(
    (cell) =>
      !shown.has(cell) &&
      !elsewhere.has(cell) &&
      !machine.cpus.some((cpu) => [cpu.pending, cpu.queue, cpu.masked].includes(cell)) &&
      // An empty slot has no row.
      !machine.smmus.some((smmu) => smmu.queues.some((queue) => queue.slots.includes(cell))),
  );
  assert.deepEqual(missing, []);
}

async function walk(page, url, entry) {
  const {finding, variant} = entry;
  const last = finding.steps.length;
  await page.goto(`${url}${hashOf(entry, 0)}`);
  let cells = await compare(page, finding, 0);
  for (let k = 1; k <= Math.min(last, 12); ++k) {
    await page.keyboard.press('j');
    cells += await compare(page, finding, k);
  }
  await page.keyboard.press('k');
  await compare(page, finding, Math.min(last, 12) - 1);
  await page.keyboard.press('G');
  await compare(page, finding, last);
  const said = await page.locator('.now .said').textContent();
  assert.ok(said.includes(`Step ${last} of ${last}`) && said.includes(finding.steps[last - 1].text), said);
  await seesChanges(page, finding, variant.machine);
  await page.keyboard.press('g');
  await compare(page, finding, 0);
  return cells;
}

for (const [scenario, ...options] of SCENARIOS) {
  test(`the machine view of ${scenario} is what the result says at each step`, async () => {
    const report = makeReport(scenario, options);
    const browser = await launch();
    const findings = findingsOf(report.result);
    assert.ok(findings.length > 0);
    let cells = 0;
    for (const entry of [findings[0], findings[findings.length >> 1], findings.at(-1)])
      cells += await walk(browser.page, report.url, entry);
    assert.ok(cells > 20, `only ${cells} cells were compared`);
    await browser.close();
    report.remove();
  });
}

test('n and p stay with the actor of the step', async () => {
  const report = makeReport('tests/data/reports/two-mutexes.yaml');
  const browser = await launch();
  const entry = findingsOf(report.result)[0];
  const {steps} = entry.finding;
  const first = steps[0].actor;
  const next = steps.find((step) => step.number > 1 && step.actor !== first);
  const later = steps.find((step) => step.number > next.number && step.actor === first);
  assert.ok(later, 'the run goes back to the first actor');
  await browser.page.goto(`${report.url}${hashOf(entry, next.number - 1)}`);
  await browser.page.keyboard.press('n');
  assert.equal(await selectedStep(browser.page), later.number);
  await browser.page.keyboard.press('p');
  assert.equal(await selectedStep(browser.page), next.number - 1);
  await browser.close();
  report.remove();
});
