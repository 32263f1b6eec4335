// The list of steps: grouped by who makes them, each with what it changed and since when it was possible.
(() => {
  const {el} = Q;
  const LONG = 400; // steps; of more, only those in sight are laid out

  const chips = (step) =>
    step.changes.length > 0 &&
    el(
      'ul',
      {class: 'deltas'},
      step.changes.map(({slot, change}) => {
        const arrow = change.indexOf(' -> ');
        const parts =
          arrow < 0
            ? [change]
            : [el('del', {}, change.slice(0, arrow)), ' \u2192 ', el('ins', {}, change.slice(arrow + 4))];
        return el('li', {}, el('span', {class: 'slot'}, slot), ' ', parts);
      }),
    );

  Q.stepLink = (run, number, attributes = {}) =>
    el('a', {href: Q.hash(run.variant.name, run.finding.id, number), ...attributes}, `step ${number}`);

  const possible = (run, step) =>
    step.enabled_by &&
    el(
      'p',
      {class: 'why'},
      '\u21b3 possible since ',
      // The selected step has the same link, and the Tab key need not stop at each row.
      Q.stepLink(run, step.enabled_by.step, {tabindex: '-1'}),
      ` (${step.enabled_by.kind})`,
    );

  /// The offset of the step in its routine; the routine itself stands above a row of such steps.
  function head(step, place) {
    const offset = place.offset === null ? '' : `+${place.offset}`;
    return [
      el('span', {class: 'number'}, step.number),
      el('span', {class: 'offset'}, offset),
      el('span', {class: 'code'}, step.text),
    ];
  }

  function marks(run, number) {
    return [
      run.noReturn &&
        run.noReturn.step === number &&
        el('span', {class: 'mark warn'}, '\u26a0 point of no return'),
      run.cycle === number && el('span', {class: 'mark loop'}, '\u27f2 from here for ever'),
      number === run.last && el('span', {class: 'mark bad'}, `\u2691 ${run.finding.summary}`),
      number === run.last &&
        run.cycle === run.last + 1 &&
        el('span', {class: 'mark loop'}, '\u27f2 here it stays for ever'),
    ].filter(Boolean);
  }

  function row(run, step, place) {
    const link = el(
      'a',
      {href: Q.hash(run.variant.name, run.finding.id, step.number), tabindex: '-1', class: 'step-link'},
      head(step, place),
    );
    return el(
      'li',
      {class: 'step', 'data-step': step.number},
      link,
      marks(run, step.number),
      chips(step),
      possible(run, step),
    );
  }

  const routineLine = (step, place) =>
    el(
      'p',
      {class: 'routine'},
      el('code', {}, place.routine),
      step.source && el('span', {class: 'dim', title: step.source}, step.source),
    );

  /// Consecutive steps of one actor in one place are a group.
  function groupsOf(run) {
    const groups = [];
    for (const step of run.steps) {
      const last = groups.at(-1);
      const unit = step.unit || step.lane;
      if (last && last.unit === unit && last.actor === step.actor) last.steps.push(step);
      else groups.push({unit, actor: step.actor, steps: [step]});
    }
    return groups;
  }

  function groupElement(run, group) {
    const list = el('ol', {});
    let routine = '';
    for (const step of group.steps) {
      const place = Q.place(step.location);
      if (place.routine !== routine && place.routine)
        list.append(el('li', {class: 'in'}, routineLine(step, place)));
      routine = place.routine;
      list.append(row(run, step, place));
    }
    const who =
      group.actor && group.actor !== group.unit && group.actor !== group.unit.split('/')[0]
        ? [group.unit, ' \u00b7 ', el('strong', {}, group.actor)]
        : [el('strong', {}, group.unit)];
    const time = group.steps[0].time_us;
    return el(
      'section',
      {class: 'group'},
      el('h3', {}, who, time > 0 && el('span', {class: 'time'}, Q.seconds(time))),
      list,
    );
  }

  /// All steps, also for printing.
  Q.stepsElement = (run) =>
    el(
      'div',
      {class: run.last > LONG ? 'step-list long' : 'step-list'},
      run.last === 0 && el('p', {}, 'No step is needed: the run begins where it ends. ', marks(run, 0)),
      groupsOf(run).map((group) => groupElement(run, group)),
    );

  const haystack = (step) =>
    [
      step.text,
      step.location,
      step.actor,
      step.unit,
      step.source,
      ...step.call_chain,
      ...step.changes.map(({slot, change}) => `${slot} ${change}`),
    ]
      .join('\n')
      .toLowerCase();

  Q.StepList = class {
    constructor(run, go) {
      this.run = run;
      this.go = go;
      this.matches = [];
      this.list = Q.stepsElement(run);
      this.rows = new Map(
        [...this.list.querySelectorAll('.step')].map((node) => [Number(node.dataset.step), node]),
      );
      this.input = el('input', {
        type: 'search',
        id: 'search',
        placeholder: 'Search steps (/)',
        'aria-label': 'Search the steps',
        autocomplete: 'off',
        spellcheck: 'false',
      });
      this.result = el('span', {class: 'dim', role: 'status'});
      this.only = el('input', {type: 'checkbox', id: 'only-matches'});
      this.input.addEventListener('input', () => this.search());
      this.input.addEventListener('keydown', (event) => this.onKey(event));
      this.only.addEventListener('change', () => this.search());
      this.list.addEventListener('click', (event) => this.onClick(event));
      this.element = el(
        'section',
        {class: 'steps pane', 'aria-label': 'Steps'},
        el('div', {class: 'toolbar'}, this.input, el('label', {}, this.only, ' only matches'), this.result),
        this.list,
      );
    }

    /// A click beside a link goes to the step too.
    onClick(event) {
      const node = event.target.closest('.step');
      if (node && !event.target.closest('a') && String(getSelection()) === '')
        this.go(Number(node.dataset.step));
    }

    onKey(event) {
      if (event.key === 'Escape') {
        this.input.value = '';
        this.search();
        this.input.blur();
      } else if (event.key === 'Enter' && this.matches.length > 0) {
        event.preventDefault();
        this.go(event.shiftKey ? this.matchBefore() : this.matchAfter());
      }
    }

    matchAfter() {
      return this.matches.find((number) => number > this.selected) ?? this.matches[0];
    }
    matchBefore() {
      return this.matches.findLast((number) => number < this.selected) ?? this.matches.at(-1);
    }

    search() {
      const wanted = this.input.value.trim().toLowerCase();
      this.texts ??= this.run.steps.map(haystack);
      this.matches =
        wanted === ''
          ? []
          : this.run.steps.filter((step, i) => this.texts[i].includes(wanted)).map((step) => step.number);
      const matching = new Set(this.matches);
      for (const [number, node] of this.rows) node.classList.toggle('match', matching.has(number));
      this.list.classList.toggle('only-matches', wanted !== '' && this.only.checked);
      this.result.textContent = wanted === '' ? '' : Q.count(this.matches.length, 'match', 'matches');
    }

    focusSearch() {
      this.input.focus();
      this.input.select();
    }

    select(number) {
      const before = this.rows.get(this.selected);
      if (before) {
        before.classList.remove('selected');
        before.firstChild.removeAttribute('aria-current');
      }
      this.selected = number;
      const node = this.rows.get(number);
      if (this.stop) this.stop.tabIndex = -1;
      this.stop = (node ?? this.rows.get(1))?.firstChild;
      if (this.stop) this.stop.tabIndex = 0;
      if (!node) {
        this.list.scrollTop = 0;
        return;
      }
      node.classList.add('selected');
      node.firstChild.setAttribute('aria-current', 'step');
      this.reveal(node);
      if (this.list.classList.contains('long')) this.revealAgain(node, 6);
    }

    /// Rows of a long list get their real height only when they come into sight, and move others then.
    revealAgain(node, frames) {
      if (frames === 0) return;
      requestAnimationFrame(() => {
        if (!node.classList.contains('selected')) return;
        this.reveal(node);
        this.revealAgain(node, frames - 1);
      });
    }

    /// Scrolls the list alone, and only as far as needed.
    reveal(node) {
      const box = this.list.getBoundingClientRect();
      const own = node.getBoundingClientRect();
      const margin = Math.min(80, box.height / 4);
      if (own.top < box.top + margin) this.list.scrollTop += own.top - box.top - margin;
      else if (own.bottom > box.bottom - margin) this.list.scrollTop += own.bottom - box.bottom + margin;
    }
  };
})();
