// The page of many runs in virtual time: how likely each finding is, or how likely at which value of a parameter.
(() => {
  const {el, svg} = Q;
  const {parameters, variants} = Q.data;
  const SIZE = {width: 760, height: 300, left: 62, right: 34, top: 16, bottom: 46};
  const UNITS = {ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 6e10};
  const WIDE = 30; // ends of an axis that are so far apart are shown on a logarithmic one
  const SHADES = 6;

  const share = (value) => value.toFixed(4);
  const seconds = (us) => `${Q.seconds(us)} s`;

  /// Of "1.5ms" and of "1000": comparable numbers.
  function numberOf(text) {
    const [, digits, unit] = /^([0-9.]+)([a-z]*)$/.exec(text);
    return Number(digits) * (UNITS[unit] ?? 1);
  }

  /// Names of all properties, in the order in which they come.
  const properties = [
    ...new Set(variants.flatMap(({points}) => points.flatMap((point) => point.properties.map(({name}) => name)))),
  ];

  function scale(values) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const isLog = least > 0 && most / least >= WIDE;
    const at = (value) => (isLog ? Math.log(value) : value);
    const room = SIZE.width - SIZE.left - SIZE.right;
    const span = at(most) - at(least) || 1;
    return (value) => SIZE.left + (room * (at(value) - at(least))) / span;
  }

  const height = (probability) => SIZE.height - SIZE.bottom - probability * (SIZE.height - SIZE.top - SIZE.bottom);

  function frame(texts, x) {
    const step = Math.ceil(texts.length / 10);
    return [
      [0, 0.25, 0.5, 0.75, 1].map((probability) => [
        svg('path', {class: 'grid', d: `M${SIZE.left} ${height(probability)}H${SIZE.width - SIZE.right}`}),
        svg(
          'text',
          {x: SIZE.left - 8, y: height(probability) + 4, 'text-anchor': 'end', class: 'axis'},
          String(probability),
        ),
      ]),
      texts
        .filter((_, index) => index % step === 0)
        .map((text) =>
          svg('text', {x: x(numberOf(text)), y: SIZE.height - 26, 'text-anchor': 'middle', class: 'axis'}, text),
        ),
      svg(
        'text',
        {x: (SIZE.left + SIZE.width) / 2, y: SIZE.height - 6, 'text-anchor': 'middle', class: 'axis name'},
        parameters[0],
      ),
    ];
  }

  /// A line through the probabilities, and the interval of each.
  function curve({name, dots}, number) {
    const shade = `shade${number % SHADES}`;
    const d = dots.map(({x, one}, index) => `${index === 0 ? 'M' : 'L'}${x} ${height(one.probability)}`).join('');
    return svg(
      'g',
      {class: `curve ${shade}`},
      svg('path', {d, class: 'line'}),
      dots.map(({x, one, label}) => [
        svg('path', {
          class: 'interval',
          d: `M${x} ${height(one.interval[0])}V${height(one.interval[1])}M${x - 4} ${height(one.interval[0])}h8M${x - 4} ${height(one.interval[1])}h8`,
        }),
        svg(
          'circle',
          {cx: x, cy: height(one.probability), r: 4},
          svg('title', {}, `${name} at ${label}: ${share(one.probability)}`),
        ),
      ]),
    );
  }

  /// Of one property in all variants, against the first parameter; others stay at what they are in a curve.
  function plot(name) {
    const texts = [...new Set(variants.flatMap(({points}) => points.map(({values}) => values[0])))];
    const x = scale(texts.map(numberOf));
    const curves = new Map();
    for (const variant of variants) {
      for (const point of variant.points) {
        const one = point.properties.find((property) => property.name === name);
        if (!one || one.probability === null) continue;
        const others = parameters.slice(1).map((parameter, index) => `${parameter}=${point.values[index + 1]}`);
        const curveName = [variant.name, ...others].join(', ');
        if (!curves.has(curveName)) curves.set(curveName, {name: curveName, dots: []});
        curves.get(curveName).dots.push({x: x(numberOf(point.values[0])), one, label: point.values[0]});
      }
    }
    const all = [...curves.values()];
    return el(
      'figure',
      {class: 'plot-of'},
      el('figcaption', {}, el('h3', {}, name), el('p', {class: 'dim'}, `Probability against ${parameters[0]}, with 95 % intervals`)),
      Q.scroller(
        `Plot of ${name}`,
        svg(
          'svg',
          {
            viewBox: `0 0 ${SIZE.width} ${SIZE.height}`,
            width: SIZE.width,
            role: 'img',
            'aria-label': `Probability of ${name} against ${parameters[0]}; the table below has the numbers`,
          },
          frame(texts, x),
          all.map(curve),
        ),
      ),
      el(
        'ul',
        {class: 'legend'},
        all.map((one, number) =>
          el('li', {}, el('span', {class: `swatch shade${number % SHADES}`, 'aria-hidden': 'true'}), ` ${one.name}`),
        ),
      ),
    );
  }

  const timesCell = (times) =>
    el(
      'td',
      {class: 'number'},
      times ? el('span', {title: `90 % from ${seconds(times.low_us)} to ${seconds(times.high_us)}`}, seconds(times.median_us)) : '\u2013',
    );

  const all = variants.flatMap(({points}) => points);
  const times = [
    {key: 'reboot', title: 'median to the reset'},
    {key: 'lost', title: 'median spent in polls to their deadlines'},
  ].filter(({key}) => all.some((point) => point[key] && point[key].most_us > 0));

  const ofNumbers = (name) => el('th', {scope: 'col', class: 'number'}, Q.breakable(name));

  function row(point, remark) {
    return el(
      'tr',
      {},
      point.values.map((value) => el('th', {scope: 'row'}, value)),
      el('td', {class: 'number'}, point.runs.toLocaleString('en')),
      properties.map((name) => {
        const one = point.properties.find((property) => property.name === name);
        if (!one) return el('td', {class: 'dim'}, 'not asked');
        if (one.probability === null) return el('td', {class: 'dim'}, 'not run');
        return el(
          'td',
          {class: 'number'},
          share(one.probability),
          el('span', {class: 'dim'}, ` ${share(one.interval[0])}\u2013${share(one.interval[1])}`),
          one.excluded && el('span', {class: 'unexpected'}, '! not expected'),
        );
      }),
      times.map(({key}) => timesCell(point[key])),
      el('td', {}, remark.ends, remark.doubts && el('p', {class: 'dim'}, remark.doubts), point.bound && el('p', {class: 'dim'}, `ended early: ${point.bound}`)),
    );
  }

  function causes(variant) {
    const met = variant.points.flatMap((point) =>
      point.properties.flatMap((property) => property.causes.map((cause) => ({point, cause}))),
    );
    if (met.length === 0) return null;
    const settings = (point) => point.values.map((value, index) => ` --set ${parameters[index]}=${value}`).join('');
    const rows = met.map(({point, cause}) =>
      el(
        'tr',
        {},
        point.values.map((value) => el('th', {scope: 'row'}, value)),
        el('td', {}, cause.summary, el('span', {class: 'dim'}, ` ${cause.id}`)),
        el('td', {class: 'number'}, cause.runs.toLocaleString('en')),
        el('td', {class: 'number'}, seconds(cause.first_at_us)),
        el('td', {}, el('code', {}, `--variant ${variant.name} --seed ${Q.data.seed} --run ${cause.first_run}${settings(point)}`)),
      ),
    );
    return Q.folded(
      'What runs met, and a run that shows it',
      Q.table('What runs met', [...parameters, 'finding', 'runs', 'first met at', 'quiesce simulate FILE'], el('tbody', {}, rows)),
    );
  }

  const section = (variant, index) =>
    el(
      'section',
      {},
      el('h2', {}, variant.name),
      Q.table(
        `Runs of ${variant.name}`,
        [...parameters, ...['runs', ...properties].map(ofNumbers), ...times.map(({title}) => ofNumbers(title)), 'ends'],
        el('tbody', {}, variant.points.map((point, at) => row(point, Q.page.remarks[index][at]))),
      ),
      causes(variant),
    );

  document.body.append(
    el('header', {class: 'bar'}, el('strong', {class: 'brand'}, 'quiesce simulate'), el('span', {class: 'spring'}), Q.themeButton()),
    el(
      'main',
      {id: 'main', class: 'verdicts simulation'},
      el('h1', {}, Q.data.title || Q.data.scenario),
      el('p', {class: 'dim'}, el('code', {}, Q.data.file), ` seed ${Q.data.seed}`),
      parameters.length > 0 && el('section', {}, el('h2', {}, 'Plots'), properties.map(plot)),
      variants.map(section),
      el('section', {}, el('h2', {}, 'Reproduce'), el('p', {}, `quiesce ${Q.data.measured.version}`), Q.copyable(Q.page.command)),
    ),
  );
})();
