// Graphs whose places the program has computed: the objects of the machine, and who waits for whom.
(() => {
  const {el, svg} = Q;

  function frameOf(graph, label, ...content) {
    const head = svg(
      'marker',
      {
        id: 'graph-arrow',
        viewBox: '0 0 8 8',
        refX: 7,
        refY: 4,
        markerWidth: 8,
        markerHeight: 8,
        markerUnits: 'userSpaceOnUse',
        orient: 'auto',
      },
      svg('path', {d: 'M0 0L8 4L0 8z', class: 'graph-head'}),
    );
    const picture = svg(
      'svg',
      {
        class: 'graph',
        viewBox: `-6 -6 ${graph.width + 12} ${graph.height + 12}`,
        width: graph.width + 12,
        height: graph.height + 12,
        role: 'img',
        'aria-label': label,
      },
      svg('defs', {}, head),
      ...content,
    );
    return el('div', {class: 'scroll graph-box', tabindex: '0', role: 'group', 'aria-label': label}, picture);
  }

  const boxOf = (node, className) =>
    svg('rect', {
      x: node.x - node.width / 2,
      y: node.y - node.height / 2,
      width: node.width,
      height: node.height,
      rx: 4,
      class: className,
    });

  /// A line of text that stays within the box, whatever font there is.
  function line(node, text, index, className) {
    const room = node.width - 12;
    const shown =
      text.length * 6.8 <= room + 4
        ? text
        : `${text.slice(0, Math.max(1, Math.floor(room / 6.8) - 1))}\u2026`;
    return svg(
      'text',
      {x: node.x - node.width / 2 + 6, y: node.y - node.height / 2 + 15 + index * 15, class: className},
      shown,
      svg('title', {}, text),
    );
  }

  function edgeElements(edge) {
    const path = svg('path', {d: edge.path, class: 'edge', 'marker-end': 'url(#graph-arrow)'});
    const label =
      edge.label &&
      svg('text', {x: edge.labelX, y: edge.labelY, class: 'edge-text', 'text-anchor': 'middle'}, edge.label);
    return svg('g', {}, path, label);
  }

  /// The references between objects at the selected step. What no longer refers is drawn once more, crossed out.
  Q.objectGraph = (binder) => {
    const {run} = binder;
    const graph = run.layout.objects === undefined ? null : Q.page.graphs[run.layout.objects];
    if (!graph) return null;
    const objects = new Map(run.machine.objects.map((object) => [object.name, object]));
    const edges = graph.edges.map((edge) => {
      const field = objects.get(edge.from).fields.find((one) => one.name === edge.label);
      const node = edgeElements({path: edge.path}); // the object says which field it is
      binder.watch([field.cell], (k) => {
        const now = run.text(field.cell, k) === edge.to;
        const was = run.was(field.cell, k) === edge.to;
        node.setAttribute(
          'class',
          now ? (run.was(field.cell, k) === null ? 'now' : 'now changed') : was ? 'gone' : 'absent',
        );
      });
      return node;
    });
    const nodes = graph.nodes.map((node) =>
      svg('g', {class: 'object'}, boxOf(node, 'node'), objectText(binder, node, objects.get(node.id))),
    );
    return frameOf(graph, 'Objects and what they refer to', edges, nodes);
  };

  function objectText(binder, node, object) {
    const refs = object.fields.filter((field) => field.ref);
    return [
      line(node, `${object.name} : ${object.class}`, 0, 'node-name'),
      refs.map((field, i) => {
        const text = line(node, '', i + 1, 'node-field');
        binder.watch([field.cell], (k) => {
          const value = binder.run.text(field.cell, k);
          const fresh = line(node, `${field.name} = ${value}`, i + 1, '');
          text.replaceChildren(...fresh.childNodes);
          text.setAttribute(
            'class',
            `node-field ${value === 'NULL' ? 'null' : ''} ${binder.run.was(field.cell, k) === null ? '' : 'changed'}`,
          );
        });
        return text;
      }),
    ];
  }

  const SHAPES = {task: 'task', cpu: 'cpu', lock: 'lock', completion: 'lock'};

  /// Who waits for whom where the run ends.
  Q.waitsView = (run) => {
    const graph = run.layout.waits === undefined ? null : Q.page.graphs[run.layout.waits];
    const wait = run.finding.wait_graph;
    const circle = (wait && wait.circle) || [];
    const inCircle = (edge) =>
      circle.some((one, i) => one === edge.from && circle[(i + 1) % circle.length] === edge.to);
    const picture =
      graph &&
      graph.nodes.length > 0 &&
      frameOf(
        graph,
        'Who waits for whom at the end of the run',
        graph.edges.map((edge) => {
          const element = edgeElements(edge);
          element.setAttribute('class', inCircle(edge) ? 'now circle' : 'now');
          return element;
        }),
        graph.nodes.map((node) => {
          const own = wait.nodes.find((one) => one.id === node.id);
          return svg(
            'g',
            {class: `waiter ${SHAPES[own.kind] || 'other'} ${circle.includes(own.id) ? 'circle' : ''}`},
            boxOf(node, 'node'),
            line(node, `${own.id} (${own.kind.replaceAll('_', ' ')})`, 0, 'node-name'),
            own.where && line(node, own.where, 1, 'node-field'),
          );
        }),
      );
    const waits = run.finding.waits;
    return el(
      'div',
      {class: 'waits'},
      el('h3', {}, 'At the end of the run'),
      circle.length > 0 &&
        el('p', {class: 'circle-words'}, '\u27f2 A circle: ', [...circle, circle[0]].join(' \u2192 ')),
      picture,
      waits.length === 0 && !picture
        ? el('p', {class: 'dim'}, run.finding.kind === 'deadlock' ? 'No rule is enabled.' : 'Nobody waits.')
        : el(
            'ul',
            {},
            waits.map((one) => el('li', {}, one)),
          ),
    );
  };
})();
