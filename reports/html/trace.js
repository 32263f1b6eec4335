// The page of one finding: timeline, steps, and beside them the views of the selected step.
(() => {
  const {el} = Q;
  const TABS = [
    ['machine', 'Machine'],
    ['routines', 'Routines'],
    ['waits', 'Waits'],
    ['log', 'Log'],
    ['orderings', 'Orderings'],
  ];
  const still = (element) => ({element, show() {}});

  /// The selected step in words: what, where, since when possible; and why others wait meanwhile.
  class Now {
    constructor(run) {
      this.run = run;
      this.said = el('p', {class: 'said', 'aria-live': 'polite'});
      this.more = el('div', {class: 'more'});
      this.element = el(
        'section',
        {class: 'now', 'aria-label': 'Selected step', tabindex: '0'},
        this.said,
        this.more,
      );
    }

    show(k) {
      const {run} = this;
      const step = run.steps[k - 1];
      if (!step) {
        this.said.replaceChildren(el('strong', {}, `Before the first of ${Q.count(run.last, 'step')}`));
        this.replace([this.waiting(k)]);
        return;
      }
      const time = step.time_us > 0 ? ` \u00b7 ${Q.seconds(step.time_us)} s` : '';
      this.said.replaceChildren(
        el('strong', {}, `Step ${k} of ${run.last}`),
        ` \u00b7 ${step.unit || step.lane} \u00b7 ${step.actor}${time}: `,
        el('code', {}, step.text),
      );
      this.replace([this.where(step), this.cause(step), this.waiting(k)]);
    }

    /// Who followed a link that is replaced here stays here.
    replace(parts) {
      const isHere = this.more.contains(document.activeElement);
      this.more.replaceChildren(...parts.filter(Boolean));
      if (isHere) this.element.focus({preventScroll: true});
    }

    where(step) {
      if (step.location === '') return null;
      const callers = step.call_chain.length > 0 && [
        ' \u2190 ',
        step.call_chain.map((one) => Q.place(one).routine).join(' \u2190 '),
      ];
      return el(
        'p',
        {},
        el('code', {}, step.location),
        el('span', {class: 'dim small'}, callers),
        el('br', {}),
        el('span', {class: 'dim small'}, [step.source, step.source_at].filter(Boolean).join(' \u2014 ')),
      );
    }

    cause(step) {
      const next = this.run.steps.filter((one) => one.enabled_by && one.enabled_by.step === step.number);
      if (!step.enabled_by && next.length === 0) return null;
      return el(
        'p',
        {},
        step.enabled_by && [
          this.run.steps[step.enabled_by.step - 1].actor,
          ' made it possible: ',
          Q.stepLink(this.run, step.enabled_by.step),
          ` (${step.enabled_by.kind}). `,
        ],
        next.length > 0 && [
          'Makes possible: ',
          next.map((one, i) => [i > 0 && ', ', Q.stepLink(this.run, one.number), ` ${one.actor}`]),
          '.',
        ],
      );
    }

    waiting(k) {
      const sentences = (this.run.machine.contexts || [])
        .filter(({kind, state}) => kind === 'task' && !Q.sleepsThroughout(this.run, state))
        .map((context) => this.run.text(context.waits, k))
        .filter(Q.isWaiting);
      return (
        sentences.length > 0 &&
        el(
          'ul',
          {class: 'waiting', 'aria-label': 'Who waits'},
          sentences.map((one) => el('li', {}, one)),
        )
      );
    }
  }

  /// Tabs; a view is made when it is first shown.
  class Tabs {
    constructor(run, onChange) {
      this.make = {
        machine: () => Q.machineView(run),
        routines: () => Q.routineView(run),
        waits: () => still(Q.waitsView(run)),
        log: () => Q.logView(run),
        orderings: () => still(Q.orderingsView(run)),
      };
      this.views = {};
      this.onChange = onChange;
      this.buttons = TABS.map(([id, name], i) =>
        el(
          'button',
          {
            type: 'button',
            role: 'tab',
            id: `tab-${id}`,
            'aria-controls': 'panel',
            title: `${name} (${i + 1})`,
            onclick: () => this.open(id),
          },
          name,
        ),
      );
      this.list = el(
        'div',
        {role: 'tablist', 'aria-label': 'Views of the selected step', class: 'tabs'},
        this.buttons,
      );
      this.panel = el('div', {role: 'tabpanel', id: 'panel', class: 'panel', tabindex: '0'});
      this.list.addEventListener('keydown', (event) => this.onKey(event));
    }

    onKey(event) {
      const move = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!move) return;
      const at = (TABS.findIndex(([id]) => id === this.current) + move + TABS.length) % TABS.length;
      this.open(TABS[at][0]);
      this.buttons[at].focus();
      event.preventDefault();
    }

    open(id) {
      if (id !== this.current) this.onChange(id);
    }

    show(id, k) {
      this.current = TABS.some(([known]) => known === id) ? id : (this.current ?? 'machine');
      TABS.forEach(([known], i) => {
        this.buttons[i].setAttribute('aria-selected', String(known === this.current));
        this.buttons[i].tabIndex = known === this.current ? 0 : -1;
      });
      this.panel.setAttribute('aria-labelledby', `tab-${this.current}`);
      this.views[this.current] ??= this.make[this.current]();
      const {element, show} = this.views[this.current];
      if (this.panel.firstChild !== element) this.panel.replaceChildren(element);
      show.call(this.views[this.current], k);
    }
  }

  Q.runHeading = (run) => {
    const {variant, finding, property} = run;
    const facts = [
      finding.baseline === 'new' && 'new against the baseline',
      finding.switches !== undefined && `needs ${Q.count(finding.switches, 'switch', 'switches')}`,
      finding.walk !== undefined && `met by walk ${finding.walk}`,
      finding.assumptions.length > 0 && `rests on ${finding.assumptions.join(', ')}`,
    ].filter(Boolean);
    return el(
      'div',
      {class: 'heading'},
      el('h1', {}, finding.summary),
      el(
        'p',
        {class: 'dim'},
        `variant ${variant.name} \u00b7 ${property.name === property.kind ? property.name : `${property.name}: ${property.kind}`} \u00b7 ${finding.id}`,
        variant.reason ? ` \u00b7 ${variant.reason}` : '',
      ),
      facts.length > 0 && el('p', {class: 'dim'}, facts.join(' \u00b7 ')),
      Q.copyable(run.layout.replay),
    );
  };

  Q.TracePage = class {
    constructor(entry, go) {
      this.run = new Q.Run(entry);
      this.go = (number) => go(Math.min(Math.max(number, 0), this.run.last));
      this.timeline = new Q.Timeline(this.run, this.go);
      this.list = new Q.StepList(this.run, this.go);
      this.now = new Now(this.run);
      this.tabs = new Tabs(this.run, (tab) => go(this.step, tab));
      const button = (text, label, move) => Q.button(text, label, () => this.go(move()));
      const buttons = el(
        'div',
        {class: 'walk'},
        button('\u00ab', 'Before the first step (g)', () => 0),
        button('\u25c0', 'Step before (k)', () => this.step - 1),
        button('\u25b6', 'Next step (j)', () => this.step + 1),
        button('\u00bb', 'Last step (G)', () => this.run.last),
      );
      this.element = el(
        'div',
        {class: 'trace'},
        Q.runHeading(this.run),
        this.timeline.element,
        this.list.element,
        el(
          'section',
          {class: 'side pane', 'aria-label': 'At the selected step'},
          el('div', {class: 'now-bar'}, this.now.element, buttons),
          this.tabs.list,
          this.tabs.panel,
        ),
      );
    }

    show(step, tab) {
      this.step = step;
      this.tab = tab;
      this.timeline.select(step);
      this.list.select(step);
      this.now.show(step);
      this.tabs.show(tab, step);
    }

    /// The next step of whoever makes the selected one; itself if there is none.
    ofSameActor(direction) {
      const {steps} = this.run;
      if (steps.length === 0) return this.step;
      const actor = steps[Math.max(this.step, 1) - 1].actor;
      for (let i = this.step - 1 + direction; i >= 0 && i < steps.length; i += direction) {
        if (steps[i].actor === actor) return steps[i].number;
      }
      return this.step;
    }

    get cause() {
      return this.run.steps[this.step - 1]?.enabled_by?.step ?? this.step;
    }
  };
})();
