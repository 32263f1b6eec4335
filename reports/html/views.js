// Routines with their current line, the console, and the orderings that the failure needs.
(() => {
  const {el} = Q;

  /// The line that was just made and the one that comes next, of each task and handler in a routine.
  function positions(run, k) {
    const step = run.steps[k - 1];
    const all = [];
    (run.machine.contexts || []).forEach((context, index) => {
      const now = run.text(context.where, k);
      const made = step && step.context === index ? step.location : '';
      if (now === '' && made === '') return;
      const state = context.state === null || context.state === undefined ? '' : run.text(context.state, k);
      all.push({
        context,
        now,
        made,
        state,
        callers: run.text(context.callers, k),
        first: step && step.context === index,
      });
    });
    return all.sort(
      (a, b) =>
        Number(b.first) - Number(a.first) ||
        Number(b.state.startsWith('running')) - Number(a.state.startsWith('running')),
    );
  }

  function listing(routine, now, made) {
    const here = (location, line) => {
      const place = Q.place(location);
      return location !== '' && place.routine === routine.name && line.offsets.includes(place.offset);
    };
    return el(
      'ol',
      {class: 'listing', tabindex: '0', 'aria-label': `steps of ${routine.name}`},
      routine.steps.map((line) => {
        const isNow = here(now, line);
        const isMade = here(made, line);
        const item = el(
          'li',
          {class: `${isNow ? 'next' : ''} ${isMade ? 'made' : ''}`},
          el(
            'span',
            {class: 'gutter', 'aria-hidden': 'true'},
            `${isMade ? '\u25cf' : ' '}${isNow ? '\u25b6' : ' '}`,
          ),
          el('span', {class: 'offset'}, line.offset === null ? '' : `+${line.offset}`),
          el('span', {class: 'code'}, line.text),
          line.label && el('span', {class: 'label-name'}, line.label),
          isMade && el('span', {class: 'hidden'}, 'just made'),
          isNow && el('span', {class: 'hidden'}, 'comes next'),
        );
        item.style.setProperty('--depth', line.depth);
        return item;
      }),
    );
  }

  function routineCard(routines, {context, now, made, state, callers}) {
    const names = [...new Set([made, now].filter((one) => one !== '').map((one) => Q.place(one).routine))];
    const chain = callers === '' ? [] : callers.split('\n');
    return el(
      'article',
      {class: 'card'},
      el('h3', {}, context.name, ' ', el('span', {class: 'dim'}, state || context.kind)),
      chain.length > 0 && el('p', {class: 'dim callers'}, `\u2190 ${chain.join(' \u2190 ')}`),
      names.map((name) => {
        const routine = routines.get(name);
        if (!routine) return el('p', {}, el('code', {}, name));
        const at = routine.file ? `${routine.file}:${routine.line}` : '';
        return el(
          'section',
          {},
          el('h4', {}, el('code', {}, name)),
          el('p', {class: 'dim callers'}, [routine.source, at].filter((one) => one !== '').join(' \u2014 ')),
          listing(routine, now, made),
        );
      }),
    );
  }

  Q.routineView = (run) => {
    const routines = new Map((run.variant.routines || []).map((routine) => [routine.name, routine]));
    const element = el('div', {class: 'routines cards wide-cards'});
    return {
      element,
      show(k) {
        const focused = document.activeElement?.closest('.listing')?.getAttribute('aria-label');
        const all = positions(run, k);
        element.replaceChildren(
          ...(all.length === 0
            ? [el('p', {class: 'dim'}, 'No task is in a routine.')]
            : all.map((one) => routineCard(routines, one))),
        );
        for (const list of element.querySelectorAll('.listing')) {
          const line = list.querySelector('.made') || list.querySelector('.next');
          if (line) list.scrollTop = line.offsetTop - list.clientHeight / 2;
          if (list.getAttribute('aria-label') === focused) list.focus({preventScroll: true});
        }
      },
    };
  };

  Q.logView = (run) => {
    if (run.finding.log.length === 0) {
      return {
        element: el('p', {class: 'dim'}, 'The console of this machine shows nothing in this run.'),
        show() {},
      };
    }
    const rows = run.finding.log.map((entry) => ({
      entry,
      node: el(
        'tr',
        {},
        el('td', {class: 'number'}, `[${Q.seconds(entry.time_us).padStart(12)}]`),
        el('td', {class: 'code'}, entry.text),
        el('td', {}, entry.step !== undefined && Q.stepLink(run, entry.step)),
      ),
    }));
    return {
      element: Q.table(
        'The console of this machine',
        ['time', 'message', 'step'],
        el(
          'tbody',
          {},
          rows.map((row) => row.node),
        ),
        'log',
      ),
      show(k) {
        for (const {entry, node} of rows) {
          node.classList.toggle('future', entry.step > k);
          node.classList.toggle('changed', entry.step === k);
        }
      },
    };
  };

  const describe = (run, number, occurrence) => {
    const step = run.steps[number - 1];
    const place = step.location === '' ? '' : `${step.location}, `;
    return [
      Q.stepLink(run, number),
      ` ${step.actor}: `,
      el('code', {}, `${place}${step.text}`),
      occurrence > 1 ? ` (occurrence ${occurrence} of it)` : '',
    ];
  };

  const FOUND = {
    not_sought: 'Orderings were not looked for.',
    unknown: 'Whether orderings of steps force the failure was not decided within the budget.',
    none: 'The order of steps alone does not decide.',
    smallest: 'Every run that keeps these orderings fails, and no smaller set of orderings forces it:',
    minimal: 'Every run that keeps these orderings fails, and none of them can be left out:',
    not_minimal:
      'Every run that keeps these orderings fails; whether all are needed was not decided within the budget:',
  };

  function lostWords(run, point) {
    const at = (number) => describe(run, number, 1);
    if (point.kind === 'step')
      return ['The failure could not be avoided any more after ', at(point.step), '.'];
    if (point.kind === 'from_start') return 'The failure could not be avoided from the very start.';
    if (point.kind === 'never')
      return 'The failure can be avoided even where this run ends; it is only never done.';
    const parts = ['Not decided within the budget'];
    if (point.not_before) parts.push('; it is no step before ', at(point.not_before));
    if (point.not_after) parts.push('; at the latest it is ', at(point.not_after));
    return [...parts, '.'];
  }

  Q.orderingsView = (run) => {
    const why = run.finding.explanation;
    if (!why)
      return el('p', {class: 'dim'}, 'This finding was not explained: see --explain and --all-findings.');
    const {kind, orderings, same_start: sameStart} = why.fails_whenever;
    const always = orderings.length === 0 && (kind === 'smallest' || kind === 'minimal');
    return el(
      'div',
      {class: 'orderings'},
      el('h3', {}, 'Point of no return'),
      el('p', {}, lostWords(run, why.point_of_no_return)),
      el('h3', {}, 'What the failure needs'),
      el('p', {}, always ? 'Every run fails.' : FOUND[kind]),
      orderings.length > 0 &&
        el(
          'ol',
          {class: 'ordered'},
          orderings.map((one) =>
            el(
              'li',
              {},
              el('p', {}, describe(run, one.earlier, one.earlier_occurrence)),
              el('p', {}, el('strong', {}, 'before '), describe(run, one.later, one.later_occurrence)),
            ),
          ),
        ),
      sameStart && el('p', {class: 'dim'}, 'This is so in runs that begin as this one does.'),
      run.finding.assumptions.length > 0 && [
        el('h3', {}, 'Rests on'),
        el('p', {}, run.finding.assumptions.join(', ')),
      ],
    );
  };
})();
