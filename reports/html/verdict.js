// The verdict page: every variant and property, what differs between variants, and what the verdicts rest on.
(() => {
  const {el} = Q;

  /// A kind of finding that is wanted and found nowhere needs no column.
  const isQuiet = (property) =>
    property.kind === property.name &&
    property.status !== 'violated' &&
    (property.expected || 'holds') === 'holds';

  function namesOf(variants, wanted) {
    const names = new Set();
    for (const variant of variants) variant.properties.filter(wanted).forEach((one) => names.add(one.name));
    return [...names];
  }

  function cell(variant, name, firstOf) {
    const property = variant.properties.find((one) => one.name === name);
    if (!property) return el('td', {class: 'verdict'}, el('span', {class: 'hidden'}, 'not looked for'));
    const words = [Q.sign(property.status), el('span', {class: 'hidden'}, property.status)];
    const first = firstOf(variant, property);
    const content = first
      ? el('a', {href: Q.hash(variant.name, first.finding.id), title: first.finding.summary}, words)
      : el('span', {title: `${name} ${property.status}`}, words);
    const wrong =
      !property.as_expected &&
      el(
        'span',
        {class: 'unexpected'},
        property.expected ? `! expected: ${property.expected}` : '! not expected',
      );
    return el('td', {class: 'verdict'}, content, wrong);
  }

  function matrix(variants, firstOf, showVariant) {
    const shown = namesOf(variants, (property) => !isQuiet(property));
    const silent = namesOf(variants, isQuiet).filter((name) => !shown.includes(name));
    const isOpen = (name) =>
      variants.some((variant) =>
        variant.properties.some((one) => one.name === name && one.status === 'inconclusive'),
      );
    const folded = (names, words) =>
      names.length > 0 &&
      Q.folded(
        `${Q.count(names.length, 'more kind', 'more kinds')} of findings ${words}`,
        el('p', {class: 'dim'}, names.join(', ')),
      );
    const head = ['variant', ...shown, 'states', 'transitions', 'depth'].map(Q.breakable);
    const rows = variants.map((variant) =>
      el(
        'tr',
        {},
        el(
          'th',
          {scope: 'row'},
          // The address may name the variant already.
          el('a', {href: Q.hash(variant.name), onclick: () => showVariant(variant.name)}, variant.name),
        ),
        shown.map((name) => cell(variant, name, firstOf)),
        ['states', 'transitions', 'depth'].map((key) =>
          el(
            'td',
            {class: 'number'},
            variant[key].toLocaleString('en'),
            variant.bound && key === 'states' ? '+' : '',
          ),
        ),
      ),
    );
    return [
      Q.table('Verdict of every property in every variant', head, el('tbody', {}, rows), 'matrix'),
      el(
        'p',
        {class: 'dim legend'},
        Q.sign('violated'),
        ' violated  ',
        Q.sign('holds'),
        ' holds  ',
        Q.sign('inconclusive'),
        ' inconclusive  ',
        el('span', {class: 'unexpected'}, '!'),
        ' not as expected',
      ),
      folded(
        silent.filter((name) => !isOpen(name)),
        'looked for, and none found',
      ),
      folded(silent.filter(isOpen), 'looked for and not met, by searches that were not complete'),
    ];
  }

  /// What the text report says of the search, too.
  function searchWords({bound, search}) {
    if (bound) return `${bound.which}: ${bound.detail}`;
    return search ? ['all runs were searched', ...search.without].join('; without ') : null;
  }

  /// What fails, beside a baseline or without one, and what is not known against expectations.
  const isWrong = (property) =>
    (property.status === 'inconclusive' && !property.as_expected) ||
     (property.regressed === undefined ? !property.as_expected : property.regressed);

  function wrongOnes(variant) {
    const fates = new Map();
    for (const property of variant.properties.filter(isWrong)) {
      const wanted = property.expected ?? 'holds';
      const fate = property.regressed ? `${property.status}, and new` : `${property.status}, expected ${wanted}`;
      const detail = property.kind.startsWith(property.name) ? '' : ` (${property.kind})`;
      fates.set(fate, [...(fates.get(fate) || []), property.name + detail]);
    }
    return [...fates].map(([fate, names]) =>
      el('p', {}, el('span', {class: 'unexpected'}, '!'), ` ${names.join(', ')}: ${fate}`),
    );
  }

  /// Findings of the baseline that this run has not met.
  const gone = (variant) =>
    (variant.gone || []).map((one) =>
      el('li', {}, `${one.certain ? 'gone' : 'not met'} since the baseline: ${one.id}, ${one.summary}`),
    );

  function differences(variant) {
    const changes = variant.changes || [];
    if (changes.length === 0 && !variant.reason) return null;
    return [
      variant.reason && el('p', {}, variant.reason),
      changes.length > 0 &&
        el(
          'ul',
          {class: 'code changes'},
          changes.map((one) => el('li', {}, one)),
        ),
    ];
  }

  function findingsOf(variant, findings) {
    const own = findings.filter((entry) => entry.variant === variant);
    if (own.length === 0) return null;
    return el(
      'ul',
      {class: 'findings'},
      own.map(({property, finding}) =>
        el(
          'li',
          {},
          el('a', {href: Q.hash(variant.name, finding.id)}, Q.sign('violated'), ' ', finding.summary),
          el(
            'span',
            {class: 'dim'},
            ` ${finding.id}, ${Q.count(finding.steps.length, 'step')}` +
              (property.name === property.kind ? '' : `, ${property.kind}`),
          ),
          finding.baseline === 'new' && el('span', {class: 'unexpected'}, '! new'),
          !property.as_expected && el('span', {class: 'unexpected'}, '! not expected'),
        ),
      ),
    );
  }

  function article(variant, findings, common) {
    const own = variant.holds_under.filter((one) => !common.includes(one));
    const facts = [
      `${variant.states.toLocaleString('en')} states, ${variant.transitions.toLocaleString('en')} transitions, ` +
        `depth ${variant.depth}` +
        (variant.measured ? `, ${variant.measured.seconds.toFixed(2)} s` : ''),
      searchWords(variant),
      own.length > 0 && `under: ${own.join('; ')}`,
      ...variant.reductions.map((one) => `reduction: ${one}`),
    ].filter(Boolean);
    return el(
      'article',
      {class: 'variant', id: `variant-${variant.name}`, tabindex: '-1'},
      el(
        'h3',
        {},
        Q.sign(variant.verdict),
        ' ',
        variant.name,
        el('span', {class: 'hidden'}, variant.verdict),
        variant.properties.some(isWrong) && el('span', {class: 'unexpected'}, '! not as expected'),
      ),
      differences(variant),
      wrongOnes(variant),
      findingsOf(variant, findings),
      el(
        'ul',
        {class: 'facts dim'},
        facts.map((one) => el('li', {}, one)),
        gone(variant),
      ),
      variant.assumptions.length > 0 &&
        Q.folded(
          `${Q.count(variant.assumptions.length, 'assumption')} without a source`,
          el(
            'ul',
            {},
            variant.assumptions.map((one) => el('li', {}, one)),
          ),
        ),
      Q.coverageOf(variant),
      Q.profileOf(variant),
    );
  }

  const listed = (title, items) =>
    items.length > 0 &&
    el(
      'section',
      {},
      el('h2', {}, title),
      el(
        'ul',
        {},
        items.map((one) => el('li', {}, one)),
      ),
    );

  function overall(variants, baseline) {
    const wrong = variants.filter((variant) => variant.properties.some(isWrong)).length;
    const beside = baseline ? `, beside the baseline ${baseline.file}` : '';
    if (wrong > 0)
      return el(
        'p',
        {class: 'overall violated'},
        `! ${wrong} of ${Q.count(variants.length, 'variant')} not as expected${beside}`,
      );
    return el(
      'p',
      {class: 'overall holds'},
      `${Q.count(variants.length, 'variant')}, ${baseline ? 'nothing new' : 'every verdict as expected'}${beside}`,
    );
  }

  /// `showVariant` brings the part of a variant into sight.
  Q.verdictPage = (findings, showVariant = () => {}) => {
    const {title, scenario, file, variants, sources, measured, baseline} = Q.data;
    const common =
      variants.length === 0
        ? []
        : variants[0].holds_under.filter((one) =>
            variants.every((variant) => variant.holds_under.includes(one)),
          );
    const firstOf = (variant, property) =>
      findings.find((entry) => entry.variant === variant && entry.property === property);
    return el(
      'div',
      {class: 'verdicts'},
      el('h1', {}, title || scenario),
      el('p', {class: 'dim'}, el('code', {}, file)),
      overall(variants, baseline),
      el('section', {}, el('h2', {}, 'Verdicts'), matrix(variants, firstOf, showVariant)),
      el(
        'section',
        {},
        el('h2', {}, 'Variants'),
        variants.map((variant) => article(variant, findings, common)),
      ),
      listed('Every verdict holds under', common),
      listed('Sources of the scenario', sources),
      el(
        'section',
        {},
        el('h2', {}, 'Reproduce'),
        el('p', {}, `quiesce ${measured.version}`),
        Q.copyable(Q.page.command),
      ),
    );
  };
})();
