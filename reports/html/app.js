// Puts the pages together: the bar at the top, the address, the keys.
(() => {
  const {el} = Q;
  const findings = Q.findings();
  const main = el('main', {id: 'main', tabindex: '-1'});
  let page = null;
  let opened = null;
  let shown = null;
  let verdicts = null; // the page of verdicts, and how far it was scrolled

  const choice = el('select', {id: 'finding', 'aria-label': 'Finding'});

  /// To another finding, or to the verdicts, at once: the event that tells of the new address comes later.
  function visit(hash, replaces) {
    if (replaces) Q.replaceHash(hash);
    Q.settleHash();
    if (!replaces) location.hash = hash;
    show();
  }

  function fillChoice() {
    choice.append(el('option', {value: ''}, findings.length === 0 ? 'no findings' : 'Verdicts'));
    const byVariant = new Map();
    findings.forEach((entry, index) => {
      const {name} = entry.variant;
      if (!byVariant.has(name)) byVariant.set(name, el('optgroup', {label: name}));
      byVariant
        .get(name)
        .append(el('option', {value: index}, `${entry.finding.summary} (${entry.finding.id})`));
    });
    choice.append(...byVariant.values());
    // Arrow keys choose each that they come by: going back leads to where one was before all of them.
    let browses = false;
    choice.addEventListener('blur', () => {
      browses = false;
    });
    choice.addEventListener('change', () => {
      const entry = findings[choice.value];
      visit(choice.value === '' ? '#' : Q.hash(entry.variant.name, entry.finding.id), browses);
      browses = true;
    });
  }

  const near = (direction) => {
    const at = findings.indexOf(opened);
    const index = at < 0 ? (direction > 0 ? 0 : findings.length - 1) : at + direction;
    const entry = findings[index];
    if (entry) visit(Q.hash(entry.variant.name, entry.finding.id));
  };

  function bar() {
    const isIndex = Q.data.variants === undefined;
    return el(
      'header',
      {class: 'bar'},
      el(
        'a',
        {href: '#', class: 'brand'},
        el('strong', {}, 'quiesce'),
        isIndex ? '' : ` ${Q.data.scenario}`,
      ),
      Q.page.index && el('a', {href: Q.page.index}, 'All scenarios'),
      el(
        'nav',
        {'aria-label': 'Findings'},
        findings.length > 0 && [
          Q.button('\u2039', 'Finding before ([)', () => near(-1)),
          choice,
          Q.button('\u203a', 'Next finding (])', () => near(1)),
        ],
      ),
      el('span', {class: 'spring'}),
      Q.themeButton(),
      Q.button('? Help', 'Help (?)', Q.showHelp),
    );
  }

  /// To another step or view of the same finding.
  function go(step, tab) {
    const wanted = tab === undefined ? page.tab : tab;
    if (step === page.step && wanted === page.tab) return;
    page.show(step, wanted);
    Q.replaceHash(Q.hash(opened.variant.name, opened.finding.id, step, wanted));
  }

  /// Who was in what is replaced is at its beginning afterwards.
  function replaceMain(element) {
    const wasHere = main.contains(document.activeElement);
    main.replaceChildren(element);
    if (wasHere) main.focus({preventScroll: true});
  }

  function showVerdicts(variant) {
    const isThere = verdicts !== null && opened === null;
    opened = null;
    page = null;
    document.body.classList.remove('tracing');
    document.title = Q.shown(`${Q.data.scenario || 'quiesce'}: verdicts`);
    choice.value = '';
    verdicts ??= {
      element: Q.data.variants === undefined ? Q.contentsPage() : Q.verdictPage(findings, showVariant),
      scrolled: 0,
    };
    if (!isThere) replaceMain(verdicts.element);
    if (!showVariant(variant) && !isThere) scrollTo(0, verdicts.scrolled);
  }

  function showVariant(variant) {
    const target = variant && document.getElementById(`variant-${variant}`);
    if (!target) return false;
    target.scrollIntoView();
    target.focus({preventScroll: true});
    return true;
  }

  function show() {
    shown = location.hash;
    const route = Q.readRoute(findings);
    if (route.entry === null) {
      showVerdicts(route.variant);
      return;
    }
    if (route.entry !== opened) {
      if (opened === null && verdicts !== null) verdicts.scrolled = scrollY;
      opened = route.entry;
      page = new Q.TracePage(opened, go);
      document.body.classList.add('tracing');
      document.title = Q.shown(`${opened.finding.summary} (${opened.variant.name})`);
      choice.value = String(findings.indexOf(opened));
      replaceMain(page.element);
      scrollTo(0, 0);
    }
    page.show(route.step, route.tab);
  }

  const TRACE_KEYS = {
    j: () => page.go(page.step + 1),
    k: () => page.go(page.step - 1),
    g: () => page.go(0),
    G: () => page.go(page.run.last),
    n: () => page.go(page.ofSameActor(1)),
    p: () => page.go(page.ofSameActor(-1)),
    c: () => page.go(page.cause),
    '/': () => page.list.focusSearch(),
    '+': () => page.timeline.zoom(1.5),
    '=': () => page.timeline.zoom(1.5),
    '-': () => page.timeline.zoom(1 / 1.5),
    0: () => page.timeline.fit(),
    '<': () => page.timeline.pan(-5),
    '>': () => page.timeline.pan(5),
    1: () => go(page.step, 'machine'),
    2: () => go(page.step, 'routines'),
    3: () => go(page.step, 'waits'),
    4: () => go(page.step, 'log'),
    5: () => go(page.step, 'orderings'),
    a: () => document.getElementById('show-all')?.click(),
  };
  const KEYS = {
    '?': () => Q.showHelp(),
    ']': () => near(1),
    '[': () => near(-1),
    v: () => visit('#'),
    t: () => document.getElementById('theme').click(),
  };

  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || Q.isTyping(event.target))
      return;
    const act = KEYS[event.key] || (page && TRACE_KEYS[event.key]);
    if (!act) return;
    event.preventDefault();
    act();
  }

  fillChoice();
  document.body.append(Q.skipLink(main), bar(), main);
  addEventListener('click', Q.settleHash, {capture: true});
  addEventListener('hashchange', () => {
    if (location.hash !== shown) show();
  });
  addEventListener('keydown', onKey);
  addEventListener('beforeprint', () => {
    if (Q.data.variants) Q.preparePrint(findings, opened);
  });
  addEventListener('afterprint', Q.afterPrint);
  show();
})();
