// An SMMU: registers field by field, queues as rings, copies, accesses.
(() => {
  const {el, svg} = Q;
  const VIEWS = ['written', 'in_force', 'acknowledged'];
  const MOST_SECTORS = 256;
  const has = (cell) => cell !== null && cell !== undefined;

  /// Whether the field is ever set, or ever changes.
  function speaks(run, register, field) {
    const values = new Set();
    for (const view of VIEWS.filter((one) => has(register[one]))) {
      for (const text of run.histories[register[view]].texts) {
        const value = Q.fieldOf(text, field);
        if (value !== null) values.add(value);
      }
    }
    return values.size > 1 || [...values].some((value) => value !== 0n);
  }

  function fieldCell(binder, cell, field) {
    const node = el('td', {class: 'field-value'});
    if (!has(cell)) return node;
    binder.watch([cell], (k) => {
      const value = Q.fieldOf(binder.run.text(cell, k), field);
      const before = binder.run.was(cell, k);
      const was = before === null ? null : Q.fieldOf(before, field);
      node.textContent = value === null ? '' : value > 9n ? `0x${value.toString(16)}` : value.toString();
      node.classList.toggle('changed', was !== null && was !== value);
      node.classList.toggle('zero', value === 0n);
    });
    return node;
  }

  const bits = (field) => (field.msb === field.lsb ? `${field.lsb}` : `${field.msb}:${field.lsb}`);

  function registerRows(binder, register) {
    const cells = VIEWS.map((view) => register[view]);
    const quiet = !binder.run.varies(...cells);
    const head = binder.row(register.name, cells);
    const fields = register.fields
      .filter((field) => field.name !== '')
      .map((field) => {
        const silent = quiet || !speaks(binder.run, register, field);
        return el(
          'tr',
          {class: `field ${silent ? 'quiet' : ''}`},
          el('th', {scope: 'row'}, field.name, ' ', el('span', {class: 'dim'}, `[${bits(field)}]`)),
          cells.map((cell) => fieldCell(binder, cell, field)),
        );
      });
    return [head, fields];
  }

  /// A circle of slots, PROD and CONS as hands that point at the slot where they are.
  function ring(binder, queue) {
    const count = queue.slots.length;
    if (count > MOST_SECTORS) return null;
    const at = (slot, radius) => {
      const angle = ((slot + 0.5) / count) * 2 * Math.PI - Math.PI / 2;
      return [Math.cos(angle) * radius, Math.sin(angle) * radius];
    };
    const sector = (slot) => {
      const edge = (n, r) => [
        Math.cos((n / count) * 2 * Math.PI - Math.PI / 2) * r,
        Math.sin((n / count) * 2 * Math.PI - Math.PI / 2) * r,
      ];
      const gap = count > 40 ? 0 : 0.03;
      const [a, b, c, d] = [
        edge(slot + gap, 60),
        edge(slot + 1 - gap, 60),
        edge(slot + 1 - gap, 40),
        edge(slot + gap, 40),
      ];
      const large = count === 1 ? 1 : 0;
      return `M${a}A60 60 0 ${large} 1 ${b}L${c}A40 40 0 ${large} 0 ${d}z`;
    };
    const slots = Array.from({length: count}, (unused, slot) => slot);
    const sectors = slots.map((slot) =>
      svg('path', {d: sector(slot), class: 'slot-sector'}, svg('title', {})),
    );
    const numbers =
      count <= 32
        ? slots.map((slot) =>
            svg('text', {x: at(slot, 50)[0], y: at(slot, 50)[1] + 3, class: 'slot-number'}, slot),
          )
        : [];
    const hands = ['prod', 'cons'].map((name) => ({
      name,
      line: svg('path', {class: `hand ${name}`}),
      text: svg('text', {class: `hand-text ${name}`}, name.toUpperCase()),
    }));
    queue.slots.forEach((cell, slot) =>
      binder.watch([cell], (k) => {
        const text = binder.run.text(cell, k);
        sectors[slot].setAttribute(
          'class',
          `slot-sector ${text === '' ? '' : 'full'} ${binder.run.was(cell, k) === null ? '' : 'changed'}`,
        );
        sectors[slot].firstChild.textContent = Q.shown(`slot ${slot}: ${text || 'empty'}`);
      }),
    );
    hands.forEach((hand, i) =>
      binder.watch([queue[hand.name]], (k) =>
        placeHand(hand, slotOf(queue, binder.run.text(queue[hand.name], k)), i, at),
      ),
    );
    return svg(
      'svg',
      {
        class: 'ring',
        viewBox: '-108 -92 216 184',
        width: 216,
        height: 184,
        role: 'img',
        'aria-label': `${queue.name} as a ring; the table beside it says the same`,
      },
      sectors,
      numbers,
      hands.flatMap(({line, text}) => [line, text]),
    );
  }

  /// The slot that an index with its wrap bit names; null if the text is no number. Of a large queue only as many
  /// entries are kept as there are slots, those before go.
  function slotOf(queue, text) {
    const number = /(0x[0-9a-f]+|\d+)/i.exec(text);
    return number === null ? null : (Number(number[0]) % queue.entries) % queue.slots.length;
  }

  function placeHand({line, text}, slot, inner, at) {
    const shown = slot !== null && Number.isFinite(slot);
    line.setAttribute(
      'd',
      shown ? `M${at(slot, inner === 0 ? 74 : 26)}L${at(slot, inner === 0 ? 63 : 37)}` : '',
    );
    const [x, y] = shown ? at(slot, inner === 0 ? 78 : 16) : [0, 0];
    text.setAttribute('x', x);
    text.setAttribute('y', y + 3);
    text.setAttribute(
      'text-anchor',
      inner === 1 ? 'middle' : Math.abs(x) < 12 ? 'middle' : x < 0 ? 'end' : 'start',
    );
    text.toggleAttribute('hidden', !shown);
  }

  function queuePart(binder, smmu, queue) {
    const kept = queue.slots.length > 0 && queue.slots.length < queue.entries ? `, ${queue.slots.length} kept` : '';
    const rows = queue.slots.map((cell, slot) => {
      const here = el('td', {class: 'pointers'});
      const row = el('tr', {}, el('th', {scope: 'row'}, slot), el('td', {}, binder.cell(cell)), here);
      binder.watch([cell, queue.prod, queue.cons], (k) => {
        const names = ['prod', 'cons'].filter((name) => slotOf(queue, binder.run.text(queue[name], k)) === slot);
        here.textContent = names.map((name) => `\u25c0 ${name.toUpperCase()}`).join(' ');
        row.classList.toggle(
          'empty',
          binder.run.text(cell, k) === '' && names.length === 0 && binder.run.was(cell, k) === null,
        );
      });
      return row;
    });
    const title = `${smmu.name} ${queue.name}`;
    const quiet = !binder.run.varies(queue.prod, queue.cons, ...queue.slots);
    if (quiet) binder.hidden += queue.slots.length + 1;
    return el(
      'section',
      {class: quiet ? 'part queue quiet' : 'part queue'},
      el('h4', {}, title, el('span', {class: 'dim'}, ` ${queue.entries} entries${kept}`)),
      el(
        'p',
        {class: 'labelled'},
        el('span', {class: 'dim'}, 'PROD '),
        binder.cell(queue.prod),
        el('span', {class: 'dim'}, '  CONS '),
        binder.cell(queue.cons),
      ),
      queue.slots.length > 0 &&
        el(
          'div',
          {class: 'ring-and-slots'},
          ring(binder, queue),
          Q.table(`Slots of ${title}`, ['slot', 'holds', 'pointer'], el('tbody', {}, rows), 'slots'),
        ),
    );
  }

  Q.smmuPart = (binder, smmu) => {
    const rows = smmu.registers.flatMap((register) => registerRows(binder, register)).flat();
    const simple = (title, list) =>
      binder.table(
        `${smmu.name}: ${title}`,
        ['name', 'value'],
        (list || []).map((one) => binder.row(one.name, [one.cell])),
      );
    return [
      rows.length > 0 &&
        binder.part(
          `${smmu.name}: registers (${smmu.model})`,
          Q.table(
            `Registers of ${smmu.name}`,
            ['register', 'written', 'in force', 'acknowledged'],
            el('tbody', {}, rows),
            'registers',
          ),
        ),
      (smmu.queues || []).map((queue) => queuePart(binder, smmu, queue)),
      simple('caches', smmu.caches),
      simple('accesses', smmu.accesses),
      simple('other state', smmu.other),
    ];
  };
})();
