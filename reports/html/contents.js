// The page that lists the reports of a run.
(() => {
  const {el} = Q;

  const countOf = (variants, status) => variants.filter((variant) => variant.verdict === status).length;

  function row({file, href, scenario, title, variants, unexpected, states}) {
    const wrong = unexpected.length;
    return el(
      'tr',
      {},
      el('th', {scope: 'row'}, el('a', {href}, scenario), el('p', {class: 'dim'}, title)),
      ['violated', 'holds', 'inconclusive'].map((status) => {
        const count = countOf(variants, status);
        return el(
          'td',
          {class: 'number'},
          count === 0 ? el('span', {class: 'dim'}, '0') : [Q.sign(status), ` ${count}`],
        );
      }),
      el(
        'td',
        {},
        wrong === 0 ? 'as expected' : el('span', {class: 'unexpected'}, `! ${unexpected.join(', ')}`),
      ),
      el('td', {class: 'number'}, states.toLocaleString('en')),
      el('td', {class: 'dim'}, el('code', {}, file)),
    );
  }

  Q.contentsPage = () => {
    const {scenarios, version, baseline} = Q.page;
    const wrong = scenarios.filter((one) => one.unexpected.length > 0).length;
    return el(
      'div',
      {class: 'verdicts'},
      el('h1', {}, Q.count(scenarios.length, 'scenario')),
      el(
        'p',
        {class: `overall ${wrong > 0 ? 'violated' : 'holds'}`},
        wrong > 0
          ? `! ${Q.count(wrong, 'scenario')} with verdicts that are not as expected`
          : baseline
            ? 'Nothing new'
            : 'Every verdict as expected',
        baseline && `, beside the baseline ${baseline}`,
      ),
      Q.table(
        'Scenarios',
        [
          'scenario',
          'variants violated',
          'variants that hold',
          'inconclusive',
          'against expectations',
          'states',
          'file',
        ],
        el('tbody', {}, scenarios.map(row)),
        'matrix contents',
      ),
      el(
        'section',
        {},
        el('h2', {}, 'Reproduce'),
        el('p', {}, `quiesce ${version}`),
        Q.copyable(Q.page.command),
      ),
    );
  };
})();
