// What the browser tests share: reports of scenarios, and a browser that tells on itself.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import os from 'node:os';
import path from 'node:path';
import {afterEach} from 'node:test';
import {fileURLToPath, pathToFileURL} from 'node:url';

const needed = (name) => {
  if (!process.env[name]) throw new Error(`${name} is not set: these tests are run by ctest -L browser`);
  return process.env[name];
};

// The packages are installed in the build tree, so that nothing grows in the source tree.
const require = createRequire(path.join(needed('QUIESCE_BROWSER_MODULES'), 'package.json'));
const {chromium} = require('playwright-core');
const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const root = fileURLToPath(new URL('../..', import.meta.url));
const quiesce = needed('QUIESCE_PROGRAM');
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const ownFolder = (name) => fs.mkdtempSync(path.join(os.tmpdir(), `quiesce-${name}-`));

/// Runs `quiesce check` on one scenario: the page, and the JSON result of the same run.
export function makeReport(scenario, options = []) {
  const folder = ownFolder('report');
  const json = path.join(folder, 'result.json');
  try {
    execFileSync(
      quiesce,
      ['check', scenario, '--html', folder, '--format', 'json', '--output', json, ...options],
      {cwd: root, stdio: 'pipe'},
    );
  } catch (error) {
    if (![1, 3].includes(error.status)) throw error; // not as expected or inconclusive, as some fixtures are
  }
  const result = JSON.parse(fs.readFileSync(json, 'utf8'));
  const pages = fs.readdirSync(folder).filter((name) => name.endsWith('.html') && name !== 'index.html');
  const url = (name) => pathToFileURL(path.join(folder, name)).href;
  return {
    result,
    folder,
    url: url(pages[0]),
    index: url('index.html'),
    bytes: fs.statSync(path.join(folder, pages[0])).size,
    remove: () => fs.rmSync(folder, {recursive: true}),
  };
}

const open = new Map(); // contexts, and the folders of their profiles

// A test that fails leaves its browser open, and node would wait for that one to end.
afterEach(async () => {
  for (const [context, profile] of open) {
    await context.close();
    fs.rmSync(profile, {recursive: true, force: true});
  }
  open.clear();
});

/// A browser with a profile of its own. Closing it fails if a page complained or asked a network.
export async function launch(options = {}) {
  const profile = ownFolder('profile');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    viewport: {width: 1400, height: 900},
    ...options,
  });
  open.set(context, profile);
  const complaints = [];
  const watch = (page) => {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
    page.on('request', (request) => {
      if (!/^(file|data|about):/.test(request.url())) complaints.push(`request: ${request.url()}`);
    });
  };
  context.pages().forEach(watch);
  context.on('page', watch);
  const close = async () => {
    open.delete(context);
    await context.close();
    fs.rmSync(profile, {recursive: true, force: true});
    if (complaints.length > 0) throw new Error(`the pages complained:\n${complaints.join('\n')}`);
  };
  return {context, page: context.pages()[0] || (await context.newPage()), complaints, close};
}

/// Waits until what `read` gives is the expected: the history is walked through asynchronously.
export async function becomes(read, expected) {
  const end = Date.now() + 5000;
  let value = await read();
  while (value !== expected && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    value = await read();
  }
  assert.equal(value, expected);
}

/// All findings of a result.
export const findingsOf = (result) =>
  result.variants.flatMap((variant) =>
    variant.properties.flatMap((property) =>
      property.findings.map((finding) => ({variant, property, finding})),
    ),
  );

/// What every cell of the machine holds after step k, by the definition of the JSON result.
export function cellsAfter(finding, k) {
  const cells = [...finding.initial];
  for (const step of finding.steps.slice(0, k)) {
    for (const [cell, text] of step.cells) cells[cell] = text;
  }
  return cells;
}

export const hashOf = ({variant, finding}, ...rest) =>
  `#${[variant.name, finding.id, ...rest].map(encodeURIComponent).join('/')}`;

/// What the machine view shows: [cell, text] of everything that shows a cell, or of what is in sight alone.
export const shownCells = (page, inSight = false) =>
  page.$$eval(
    '.machine [data-cell]',
    (nodes, wanted) =>
      nodes
        .filter((node) => (wanted ? node.checkVisibility() : node.closest('[hidden]') === null))
        .map((node) => [Number(node.dataset.cell), node.textContent]),
    inSight,
  );

export const selectedStep = (page) => page.locator('.plot').getAttribute('aria-valuenow').then(Number);

/// What axe-core calls serious or critical, in words.
export async function accessibilityProblems(page) {
  await page
    .evaluate((source) => {
      if (!window.axe) window.eval(source);
    }, axeSource)
    .catch(() => {});
  return page.evaluate(async () =>
    (await window.axe.run(document, {resultTypes: ['violations']})).violations
      .filter(({impact}) => impact === 'serious' || impact === 'critical')
      .map(
        ({id, nodes}) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map((node) => `${node.html.slice(0, 160)} (${node.failureSummary})`)
            .join('\n  ')}`,
      ),
  );
}
