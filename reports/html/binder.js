// Elements that show a cell of the machine, and follow the selected step.
(() => {
  const {el} = Q;

  Q.Binder = class {
    constructor(run) {
      this.run = run;
      this.updates = [];
      this.hidden = 0;
    }

    /// Calls `update(k)` for each step that is shown.
    on(update) {
      this.updates.push(update);
    }

    /// The same, where only these cells matter: only when one of them has another value, or was just changed, or no
    /// longer was.
    watch(cells, update) {
      const {run} = this;
      const known = cells.filter((cell) => cell !== null && cell !== undefined);
      let shown = '';
      this.on((k) => {
        const moments = known.map((cell) => {
          const index = run.at(cell, k);
          return run.histories[cell].steps[index] === k ? `${index}!` : index;
        });
        const now = moments.join(' ');
        if (now === shown) return;
        shown = now;
        update(k);
      });
    }

    show(k) {
      for (const update of this.updates) update(k);
    }

    /// Shows what the cell holds; what the step changed is marked, with what it held before.
    paint(node, cell, k) {
      const text = this.run.text(cell, k);
      const was = this.run.was(cell, k);
      const shown = Q.shown(text);
      if (node.textContent !== shown) node.textContent = shown;
      node.classList.toggle('changed', was !== null);
      if (was === null || was === '') delete node.dataset.was;
      else node.dataset.was = Q.shown(was).replaceAll('\n', ', ');
    }

    /// A <span> that shows the cell, "" for null.
    cell(cell, className = '') {
      if (cell === null || cell === undefined) return el('span', {});
      const node = el('span', {class: `cell ${className}`, 'data-cell': cell});
      let shown = -1;
      this.on((k) => {
        const index = this.run.at(cell, k);
        const isNew = this.run.histories[cell].steps[index] === k;
        if (shown === index && !isNew && !node.classList.contains('changed')) return;
        shown = index;
        this.paint(node, cell, k);
      });
      return node;
    }

    /// A row of a table; quiet if nothing in it ever changes in this run.
    row(name, cells, ...more) {
      const quiet = !this.run.varies(...cells);
      if (quiet) this.hidden += 1;
      return el(
        'tr',
        {class: quiet ? 'quiet' : ''},
        el('th', {scope: 'row'}, name),
        more,
        cells.map((cell) => el('td', {}, this.cell(cell))),
      );
    }

    /// A part of the machine view; nothing at all without rows.
    part(title, ...content) {
      const section = el('section', {class: 'part'}, el('h3', {}, title), ...content);
      const rows = [...section.querySelectorAll('tbody tr')];
      if (rows.length > 0 && rows.every((row) => row.classList.contains('quiet')))
        section.classList.add('quiet');
      return section;
    }

    table(title, head, rows) {
      return rows.length === 0 ? null : this.part(title, Q.table(title, head, el('tbody', {}, rows)));
    }
  };
})();
