// The machine at the selected step: CPUs with their contexts, tasks, locks, hardware, objects and variables.
(() => {
  const {el} = Q;

  /// Where a context stands, with its callers; `read` gives it for a step, or null.
  function frame(binder, kind, read) {
    const where = el('code', {class: 'cell place'});
    const name = el('strong', {});
    const callers = el('span', {class: 'callers dim'});
    const item = el('li', {class: `frame ${kind}`}, name, ' ', where, callers);
    binder.on((k) => {
      const context = read(k);
      item.hidden = context === null;
      if (context === null) return;
      name.textContent = context.name;
      where.dataset.cell = context.where;
      binder.paint(where, context.where, k);
      const chain = binder.run.text(context.callers, k);
      callers.textContent =
        chain === ''
          ? ''
          : `\u2190 ${chain
              .split('\n')
              .map((one) => Q.place(one).routine)
              .join(' \u2190 ')}`;
    });
    return item;
  }

  const labelled = (binder, label, cell) => {
    const line = el('p', {class: 'labelled'}, el('span', {class: 'dim'}, `${label} `), binder.cell(cell));
    binder.on((k) => {
      line.hidden = binder.run.text(cell, k) === '' && binder.run.was(cell, k) === null;
    });
    return line;
  };

  function cpuCard(binder, cpu) {
    const {run} = binder;
    const {contexts} = run.machine;
    const nested = (index) => (k) => {
      const context = index === null || index === undefined ? null : contexts[index];
      return context !== null && run.text(context.where, k) !== '' ? context : null;
    };
    const task = (k) =>
      contexts.find((one) => one.kind === 'task' && one.name === run.text(cpu.current, k)) || null;
    const masked = el('span', {class: 'badge'}, binder.cell(cpu.masked));
    binder.on((k) => {
      masked.hidden = run.text(cpu.masked, k) === '' && run.was(cpu.masked, k) === null;
    });
    return el(
      'article',
      {class: 'card'},
      el(
        'h4',
        {},
        cpu.name,
        ' ',
        el('span', {class: 'dim'}, 'current: '),
        binder.cell(cpu.current),
        ' ',
        masked,
      ),
      el(
        'ol',
        {class: 'stack', 'aria-label': `contexts of ${cpu.name}, innermost first`},
        frame(binder, 'hardirq', nested(cpu.hardirq)),
        frame(binder, 'softirq', nested(cpu.softirq)),
        frame(binder, 'task', task),
      ),
      labelled(binder, 'pending', cpu.pending),
      labelled(binder, 'runnable here', cpu.queue),
    );
  }

  function tasks(binder) {
    const all = binder.run.machine.contexts.filter((context) => context.kind === 'task');
    const rows = all.map((one) => {
      const row = binder.row(one.name, [one.state, one.where, one.waits, one.holds]);
      const shown = (cell) => row.querySelector(`[data-cell="${cell}"]`);
      shown(one.where).classList.add('place');
      shown(one.waits).classList.add('place');
      // Of a task that simply runs the sentence says no more than the columns before.
      binder.on((k) => {
        shown(one.waits).hidden = !Q.isWaiting(binder.run.text(one.waits, k));
      });
      return row;
    });
    return binder.table('Tasks', ['task', 'state', 'where', 'waits', 'holds'], rows);
  }

  const locks = (binder) =>
    binder.table(
      'Locks',
      ['lock', 'kind', 'state', 'waiters'],
      binder.run.machine.locks.map((lock) =>
        binder.row(
          lock.name,
          [lock.state, lock.waiters],
          el('td', {class: 'dim'}, lock.kind.replaceAll('_', ' ')),
        ),
      ),
    );

  function objects(binder) {
    const {run} = binder;
    const rows = run.machine.objects.flatMap((object) =>
      object.fields.map((field) =>
        binder.row(`${object.name}.${field.name}`, [field.cell], el('td', {class: 'dim'}, object.class)),
      ),
    );
    const graph = Q.objectGraph(binder);
    if (rows.length === 0 && !graph) return null;
    return binder.part(
      'Objects',
      graph,
      rows.length > 0 && Q.table('Objects', ['field', 'class', 'value'], el('tbody', {}, rows)),
    );
  }

  const plain = (binder, title, list) =>
    binder.table(
      title,
      ['name', 'value'],
      (list || []).map((one) => binder.row(one.name, [one.cell])),
    );

  /// One switch for all rows that never change; the choice stays for the next run.
  function toggle(binder, element) {
    if (binder.hidden === 0) return null;
    const box = el('input', {type: 'checkbox', id: 'show-all'});
    box.checked = Q.showAll === true;
    const apply = () => {
      Q.showAll = box.checked;
      element.classList.toggle('show-all', box.checked);
    };
    box.addEventListener('change', apply);
    apply();
    return el(
      'label',
      {class: 'dim'},
      box,
      ` also show ${Q.count(binder.hidden, 'row')} that never change in this run (a)`,
    );
  }

  Q.machineView = (run) => {
    if (!run.hasCells)
      return {element: el('p', {class: 'dim'}, 'Nothing is known about the machine of this run.'), show() {}};
    const binder = new Q.Binder(run);
    const {machine} = run;
    const element = el(
      'div',
      {class: 'machine'},
      machine.cpus.length > 0 &&
        el(
          'section',
          {class: 'part'},
          el('h3', {}, 'CPUs'),
          el(
            'div',
            {class: 'cards'},
            machine.cpus.map((cpu) => cpuCard(binder, cpu)),
          ),
        ),
      tasks(binder),
      locks(binder),
      machine.smmus.map((smmu) => Q.smmuPart(binder, smmu)),
      objects(binder),
      plain(binder, 'Globals', machine.globals),
      plain(binder, 'Lists', machine.lists),
      plain(binder, 'Timers', machine.timers),
      plain(binder, 'Interrupts', machine.interrupts),
      plain(binder, 'Works', machine.works),
    );
    const choice = toggle(binder, element);
    if (choice) element.prepend(choice);
    return {element, show: (k) => binder.show(k)};
  };
})();
