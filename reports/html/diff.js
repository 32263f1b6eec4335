// The page of a difference: verdicts and findings, routines side by side, failing runs beside passing ones.
(() => {
  const {el} = Q;
  const CONTEXT = 3;
  const MARKS = {
    same: ['', ''],
    changed: ['~', 'changed'],
    a: ['\u2212', 'only on the left'],
    b: ['+', 'only on the right'],
    apart: ['', ''],
  };
  const LIKENESS = {
    same: ['holds', 'Verdicts and findings are the same.'],
    different: ['different', 'Verdicts or findings differ.'],
    unknown: [
      'unknown',
      'Whether verdicts and findings are the same is not known: a search was not complete.',
    ],
  };
  const anchorOf = (pair, one) => `trace-${Q.data.pairs.indexOf(pair)}-${one.id}`;

  const statusCell = (status) =>
    el('td', {}, status === null ? el('span', {class: 'dim'}, 'not looked for') : [Q.sign(status), ` ${status}`]);

  function row({mark, left, right}) {
    const [sign, words] = MARKS[mark];
    return el(
      'tr',
      {class: `beside ${mark}`},
      el('td', {class: 'left'}, left),
      el('td', {class: 'mark-of'}, el('span', {'aria-hidden': 'true'}, sign), el('span', {class: 'hidden'}, words)),
      el('td', {class: 'right'}, right),
    );
  }

  /// Rows that are the same are shown when somebody asks for them, but for those around a difference.
  function foldedRows(rows, what) {
    const body = el('tbody', {hidden: true, class: 'same-rows'}, rows.map(row));
    const open = (event) => {
      body.hidden = false;
      event.target.closest('tbody').remove();
    };
    const button = el(
      'button',
      {type: 'button', class: 'quiet-button', onclick: open},
      `Show ${rows.length} ${what} that are the same`,
    );
    return [el('tbody', {class: 'unfold'}, el('tr', {}, el('td', {colspan: 3}, button))), body];
  }

  function bodies(rows, what) {
    const all = [];
    for (let at = 0; at < rows.length; ) {
      const isSame = rows[at].mark === 'same';
      let end = at;
      while (end < rows.length && (rows[end].mark === 'same') === isSame) end += 1;
      const before = !isSame || at > 0 ? CONTEXT : 0;
      const after = end < rows.length ? CONTEXT : 0;
      if (isSame && end - at > before + after + 1) {
        all.push(el('tbody', {}, rows.slice(at, at + before).map(row)));
        all.push(...foldedRows(rows.slice(at + before, end - after), what));
        all.push(el('tbody', {}, rows.slice(end - after, end).map(row)));
      } else {
        all.push(el('tbody', {}, rows.slice(at, end).map(row)));
      }
      at = end;
    }
    return all.filter((body) => body.rows.length > 0);
  }

  function sideBySide(caption, left, right, rows, what) {
    const head = [left, el('span', {class: 'hidden'}, 'difference'), right];
    return Q.table(caption, head, bodies(rows, what), 'side-by-side');
  }

  function routineStep(step) {
    if (!step) return null;
    return [
      el('span', {class: 'offset'}, step.offset === null ? '' : `+${step.offset}`),
      el(
        'code',
        {class: `depth-${Math.min(step.depth, 6)}`},
        step.label && el('span', {class: 'dim'}, `${step.label}: `),
        step.text,
      ),
    ];
  }

  function routine({name, file_a: fileA, file_b: fileB, lines}) {
    const head = (letter, file) => `${letter} ${file === null ? 'has no such routine' : file}`;
    const rows = lines.map((line) => ({
      mark: line.in,
      left: routineStep(line.a),
      right: routineStep(line.b),
    }));
    return el(
      'article',
      {class: 'difference'},
      el('h3', {tabindex: '-1'}, el('code', {}, name)),
      sideBySide(`Steps of ${name}`, head('A', fileA), head('B', fileB), rows, 'steps'),
    );
  }

  function runStep(steps, number) {
    if (number === null) return null;
    const step = steps[number - 1];
    const lane = step.lane === step.actor || step.lane === 'rules' ? '' : `${step.lane} `;
    return [
      el('span', {class: 'offset'}, number),
      el(
        'span',
        {},
        el('span', {class: 'dim'}, `${lane}${step.actor} `),
        step.location && [el('code', {class: 'dim'}, step.location), ' '],
        el('code', {}, step.text),
      ),
    ];
  }

  function traceRows(one) {
    const {rows, parts, steps} = one.nearest;
    return rows.map(([failing, passing], index) => ({
      mark: index >= parts ? 'apart' : passing === null ? 'a' : failing === null ? 'b' : 'same',
      left: runStep(one.steps, failing),
      right: runStep(steps, passing),
    }));
  }

  /// The place where both part is a row of its own.
  function markParting(table, parts, rows) {
    if (parts >= rows) return table;
    const first = table.querySelector('tr.apart');
    const cell = el('th', {colspan: 3, scope: 'colgroup', class: 'parting'}, 'Here they part');
    first.parentElement.before(el('tbody', {}, el('tr', {}, cell)));
    return table;
  }

  function nearestWords(one, failing, passing) {
    const {nearest} = one;
    if (nearest.kind === 'none') return `No run of ${passing} ends without violating ${one.property}.`;
    if (nearest.kind === 'unknown') return `No run of ${passing} that ends well was found within the budget.`;
    const isClean = nearest.violates.length === 0;
    return (
      `${passing} makes ${nearest.followed} of ${one.steps.length} steps of the run of ${failing} and ends ` +
      `without violating ${isClean ? 'anything' : one.property}` +
      (isClean ? '' : ` (but ${nearest.violates.join(', ')})`) +
      (nearest.farthest ? '.' : '; whether it can make more was not decided.')
    );
  }

  /// Shows the steps of the runs that the address names.
  function openNamed() {
    const article = document.getElementById(Q.decoded(location.hash.slice(1)));
    const details = article && article.querySelector('details');
    if (!details) return;
    details.open = true;
    article.scrollIntoView();
  }

  function trace(pair, one, isFirst) {
    const isGone = one.state === 'gone';
    const [failing, passing] = isGone
      ? [pair.a.variant, pair.b.variant]
      : [pair.b.variant, pair.a.variant];
    const heading = [
      el('h3', {tabindex: '-1'}, one.summary),
      el('p', {class: 'dim'}, el('code', {}, one.id)),
      el('p', {}, nearestWords(one, failing, passing)),
    ];
    if (one.nearest.kind !== 'found')
      return el('article', {class: 'difference', id: anchorOf(pair, one)}, heading);
    const table = sideBySide(
      `The failing run to ${one.summary} beside the nearest passing one`,
      [Q.sign('violated'), ` ${failing} fails`],
      [Q.sign('holds'), ` ${passing} passes`],
      traceRows(one),
      'steps',
    );
    return el(
      'article',
      {class: 'difference', id: anchorOf(pair, one)},
      heading,
      el(
        'details',
        {open: isFirst},
        el('summary', {}, 'Both runs, step by step'),
        markParting(table, one.nearest.parts, one.nearest.rows.length),
      ),
      Q.copyable(Q.page.replays[`${Q.data.pairs.indexOf(pair)}/${one.id}`]),
    );
  }

  function side(letter, one) {
    return el(
      'section',
      {class: 'side'},
      el('h3', {}, `${letter} `, Q.sign(one.verdict), ` ${one.variant}`, el('span', {class: 'hidden'}, one.verdict)),
      one.reason && el('p', {}, one.reason),
      one.changes.length > 0 &&
        el(
          'ul',
          {class: 'code changes'},
          one.changes.map((change) => el('li', {}, change)),
        ),
      el('p', {class: 'dim'}, Q.count(one.states, 'state')),
      one.incomplete && el('p', {}, `not complete: ${one.incomplete}`),
    );
  }

  function verdicts(pair) {
    if (pair.verdicts.length === 0) return el('p', {}, 'Every property has the same verdict.');
    return Q.table(
      'Verdicts that differ',
      ['property', 'A', 'B'],
      el(
        'tbody',
        {},
        pair.verdicts.map((one) =>
          el(
            'tr',
            {},
            el('th', {scope: 'row'}, Q.breakable(one.property)),
            statusCell(one.a),
            statusCell(one.b),
          ),
        ),
      ),
      'matrix',
    );
  }

  function findings(pair) {
    if (pair.findings.length === 0) return el('p', {}, 'None in A or B.');
    const summary = (one) =>
      one.nearest ? el('a', {href: `#${anchorOf(pair, one)}`}, one.summary) : one.summary;
    return [
      Q.table(
        'Findings of A and of B',
        ['', 'finding', 'id'],
        el(
          'tbody',
          {},
          pair.findings.map((one) =>
            el(
              'tr',
              {},
              el('th', {scope: 'row'}, el('span', {class: `state ${one.state}`}, one.state, !one.certain && '?')),
              el('td', {}, summary(one)),
              el('td', {class: 'dim'}, el('code', {}, one.id)),
            ),
          ),
        ),
        'findings-table',
      ),
      pair.findings.some((one) => !one.certain) &&
        el('p', {class: 'dim'}, '? the other search was not complete, and may only not have come by'),
    ];
  }

  const section = (title, ...content) => el('section', {}, el('h2', {}, title), content);

  /// What only one side ever comes to is long, and says little beside what differs.
  function comesTo(letter, routines) {
    if (routines.length === 0) return null;
    return Q.folded(`${Q.count(routines.length, 'routine')} that only ${letter} comes to`, routines.map(routine));
  }

  function routinesSection(pair) {
    const differ = pair.routines.filter((one) => one.file_a !== null && one.file_b !== null);
    const isOfResults = Q.data.of === 'results';
    return section(
      `Routines that differ: ${differ.length} of ${pair.routines_compared}`,
      isOfResults && el('p', {class: 'dim'}, 'A result has the routines that its findings go through.'),
      differ.map(routine),
      ['A', 'B'].map((letter) =>
        comesTo(
          letter,
          pair.routines.filter((one) => (letter === 'A' ? one.file_b : one.file_a) === null),
        ),
      ),
    );
  }

  function pairPage(pair) {
    const traces = pair.findings.filter((one) => one.nearest);
    const isOfResults = Q.data.of === 'results';
    const [className, words] = LIKENESS[pair.likeness];
    return [
      isOfResults && el('h2', {class: 'pair', tabindex: '-1'}, `${pair.scenario}: ${pair.a.variant}`),
      el('p', {class: `overall ${className}`}, words),
      el('div', {class: 'sides'}, side('A', pair.a), side('B', pair.b)),
      section('Verdicts that differ', verdicts(pair)),
      section('Findings', findings(pair)),
      routinesSection(pair),
      traces.length > 0 && section('Passing runs', traces.map((one, index) => trace(pair, one, index === 0))),
    ];
  }

  function unpaired(letter, all) {
    if (all.length === 0) return null;
    const name = (one) => (one.variant === null ? one.scenario : `${one.scenario}: ${one.variant}`);
    return section(
      `Only in ${letter}`,
      el(
        'ul',
        {},
        all.map((one) => el('li', {}, name(one))),
      ),
    );
  }

  const isQuiet = (pair) => pair.likeness === 'same' && pair.routines.length === 0;

  function resultsPage(data) {
    const quiet = data.pairs.filter(isQuiet);
    const [className, words] = LIKENESS[data.likeness];
    return [
      el('p', {class: `overall ${className}`}, words),
      el('p', {class: 'dim'}, `${quiet.length} of ${Q.count(data.pairs.length, 'variant')} are the same`),
      unpaired('A', data.only_a),
      unpaired('B', data.only_b),
      data.pairs.filter((pair) => !isQuiet(pair)).map(pairPage),
    ];
  }

  function page() {
    const {data} = Q;
    const isOfResults = data.of === 'results';
    const [first] = data.pairs;
    return el(
      'div',
      {class: 'verdicts'},
      el('h1', {}, isOfResults ? 'Two results' : first.title || first.scenario),
      isOfResults
        ? el('p', {class: 'dim'}, 'A ', el('code', {}, data.a), ', B ', el('code', {}, data.b))
        : el('p', {class: 'dim'}, el('code', {}, first.file)),
      isOfResults ? resultsPage(data) : pairPage(first),
      section('Reproduce', el('p', {}, `quiesce ${data.measured.version}`), Q.copyable(Q.page.command)),
    );
  }

  /// To the next difference below or above what is at the top of the window.
  function go(direction) {
    const headings = [...document.querySelectorAll('.difference h3, h2.pair')];
    const all = headings.filter((node) => node.checkVisibility());
    const top = (node) => node.getBoundingClientRect().top;
    const ahead = direction > 0 ? all.find((node) => top(node) > 5) : all.findLast((node) => top(node) < -5);
    if (!ahead) return;
    ahead.scrollIntoView();
    ahead.focus({preventScroll: true});
  }

  const KEYS = {
    j: () => go(1),
    k: () => go(-1),
    t: () => document.getElementById('theme').click(),
  };

  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || Q.isTyping(event.target))
      return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  const main = el('main', {id: 'main', tabindex: '-1'}, page());
  document.title = Q.shown(`quiesce diff: ${Q.data.a}, ${Q.data.b}`);
  document.body.append(
    Q.skipLink(main),
    el(
      'header',
      {class: 'bar'},
      el('span', {class: 'brand'}, el('strong', {}, 'quiesce'), ` diff: ${Q.data.a}, ${Q.data.b}`),
      el('span', {class: 'spring'}),
      el('span', {class: 'dim keys-hint'}, el('kbd', {}, 'j'), el('kbd', {}, 'k'), 'next difference, the one before'),
      Q.themeButton(),
    ),
    main,
  );
  addEventListener('keydown', onKey);
  addEventListener('hashchange', openNamed);
  addEventListener('beforeprint', () => {
    for (const body of document.querySelectorAll('.same-rows')) body.hidden = false;
    for (const body of document.querySelectorAll('.unfold')) body.remove();
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  openNamed();
})();
