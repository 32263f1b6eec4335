// The picture of a timeline: a column for each step, a lane for each unit. Only what is in sight is drawn.
(() => {
  const {el, svg} = Q;
  const AXIS = 34;
  const HEIGHT = {cpu: 26, nested: 24, task: 18, hardware: 18, other: 18};
  const PAD = 12; // left of the first step and right of the last one
  const FOOT = 16;
  const COLOURS = 8;

  const shortened = (text, room) =>
    text.length * 6.4 <= room ? text : `${text.slice(0, Math.max(0, Math.floor(room / 6.4) - 1))}\u2026`;

  Q.TimelinePicture = class {
    constructor(run) {
      this.run = run;
      Object.assign(this, Q.lanesOf(run));
      this.place();
      this.from = 0;
      this.perStep = 0;
      this.selected = run.last;
      this.picture = svg('svg', {'aria-hidden': 'true', focusable: 'false'});
      this.plot = el('div', {class: 'plot'}, this.picture);
    }

    /// The colour of each task, and where each lane is.
    place() {
      const tasks = (this.run.machine.contexts || []).filter((context) => context.kind === 'task');
      this.colours = new Map(tasks.map((context, i) => [context.name, i % COLOURS]));
      this.tops = new Map();
      let top = AXIS;
      for (const lane of this.lanes) {
        this.tops.set(lane.id, top);
        top += HEIGHT[lane.kind] + 3;
      }
      this.height = top + FOOT;
    }

    get gutter() {
      return Math.min(150, this.plot.clientWidth * 0.26);
    }
    get room() {
      return Math.max(50, this.plot.clientWidth - this.gutter - 2 * PAD);
    }
    get least() {
      return this.room / Math.max(1, this.run.last);
    }
    get scale() {
      return Math.max(this.perStep, this.least);
    }
    x(step) {
      return this.gutter + PAD + (step - this.from) * this.scale;
    }
    position(x) {
      return (x - this.gutter - PAD) / this.scale + this.from;
    }
    middle(id) {
      const lane = this.lanes.find((one) => one.id === id);
      return lane ? this.tops.get(id) + HEIGHT[lane.kind] / 2 : AXIS;
    }

    draw() {
      if (this.plot.clientWidth === 0) return;
      const shown = this.room / this.scale;
      this.from = Math.min(Math.max(this.from, 0), Math.max(0, this.run.last - shown));
      this.to = this.from + shown;
      const width = this.plot.clientWidth;
      this.picture.setAttribute('width', width);
      this.picture.setAttribute('height', this.height);
      this.picture.replaceChildren(
        this.defs(width),
        svg(
          'g',
          {},
          this.lanes.map((lane) => this.label(lane)),
        ),
        svg(
          'g',
          {'clip-path': 'url(#plot-clip)'},
          this.axis(),
          this.lanes.map((lane) => this.lane(lane)),
          this.cursor(),
          this.moves(),
          this.landmarks(),
          this.arrows(),
        ),
      );
    }

    defs(width) {
      const head = (id) =>
        svg(
          'marker',
          {id, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto'},
          svg('path', {d: 'M0 0L8 4L0 8z', class: id}),
        );
      return svg(
        'defs',
        {},
        svg(
          'clipPath',
          {id: 'plot-clip'},
          svg('rect', {x: this.gutter, y: 0, width: width - this.gutter, height: this.height}),
        ),
        svg(
          'pattern',
          {id: 'hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)'},
          svg('rect', {width: 5, height: 5, class: 'hatch-ground'}),
          svg('rect', {width: 2, height: 5, class: 'hatch-line'}),
        ),
        head('arrow'),
        head('arrow-now'),
      );
    }

    label(lane) {
      const y = this.tops.get(lane.id);
      const indent = lane.kind === 'nested' ? 14 : 0;
      const text = svg(
        'text',
        {x: 4 + indent, y: y + HEIGHT[lane.kind] / 2 + 4, class: `lane-label ${lane.kind}`},
        shortened(lane.label, this.gutter - 10 - indent),
      );
      text.append(svg('title', {}, lane.label));
      return text;
    }

    inSight(span) {
      return span.to >= this.from - 1 && span.from <= this.to + 1;
    }

    axis() {
      const parts = [];
      const each = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((n) => n * this.scale >= 34) || 2000;
      for (
        let step = Math.ceil(this.from / each) * each;
        step <= this.to && step <= this.run.last;
        step += each
      )
        parts.push(svg('text', {x: this.x(step), y: 11, class: 'tick'}, step));
      let free = -Infinity;
      this.run.steps.forEach((step, i) => {
        const before = i === 0 ? 0 : this.run.steps[i - 1].time_us;
        const x = this.x(step.number);
        if (step.time_us === before || x < free || step.number < this.from || step.number > this.to) return;
        parts.push(svg('text', {x, y: 25, class: 'tick time'}, `${Q.seconds(step.time_us)} s`));
        free = x + 84;
      });
      return parts;
    }

    cursor() {
      const width = Math.max(3, Math.min(this.scale, 26));
      return svg('rect', {
        x: this.x(this.selected) - width / 2,
        y: 14,
        width,
        height: this.height - 14,
        class: 'cursor',
      });
    }

    lane(lane) {
      const top = this.tops.get(lane.id);
      const height = HEIGHT[lane.kind];
      return svg(
        'g',
        {},
        svg('rect', {x: this.gutter, y: top, width: this.room + 2 * PAD, height, class: 'lane'}),
        lane.spans.filter((span) => this.inSight(span)).map((span) => this.span(lane, span, top, height)),
        (lane.masked || [])
          .filter((span) => this.inSight(span))
          .map((span) => this.bar(span, top + height - 4, 4, 'masked', span.text)),
        this.stepMarks(lane, top, height),
      );
    }

    bar(span, y, height, className, title) {
      const x = Math.max(this.x(span.from), this.gutter);
      return svg(
        'rect',
        {
          x,
          y,
          width: Math.max(1, Math.min(this.x(span.to), this.gutter + this.room + 2 * PAD) - x),
          height,
          class: className,
        },
        svg('title', {}, title),
      );
    }

    span(lane, span, top, height) {
      const colour = this.colours.has(span.who)
        ? `task-${this.colours.get(span.who)}`
        : `unit-${span.who || lane.kind}`;
      const kind = lane.kind === 'task' ? (span.blocked ? 'blocked' : 'ready') : colour;
      const inset = kind === 'ready' ? height / 2 - 1 : 1;
      const box = this.bar(
        span,
        top + inset,
        height - 2 * inset,
        `span ${kind}`,
        `${span.text} (from step ${span.from})`,
      );
      const x = Number(box.getAttribute('x'));
      const room = Number(box.getAttribute('width')) - 8;
      const switched =
        lane.kind === 'cpu' &&
        span.from > this.from &&
        svg('path', {d: `M${x} ${top}v${height}`, class: 'switch'});
      if (room < 24 || kind === 'ready') return [box, switched];
      return [
        box,
        switched,
        svg(
          'text',
          {x: x + 4, y: top + (lane.kind === 'task' ? 13 : 11), class: 'span-text'},
          shortened(span.text, room),
        ),
      ];
    }

    /// All steps of a lane in one path: squares for code, diamonds for hardware and time.
    stepMarks(lane, top, height) {
      const isCode = lane.kind === 'cpu' || lane.kind === 'nested';
      const size = Math.max(1.5, Math.min(this.scale * 0.6, 8));
      const y = isCode ? top + height - 9 : top + height / 2;
      const half = size / 2;
      let d = '';
      let now = '';
      for (const {number} of lane.steps) {
        if (number < this.from - 1 || number > this.to + 1) continue;
        const x = this.x(number);
        const mark = isCode
          ? `M${x - half} ${y - 3}h${size}v6h${-size}z`
          : `M${x} ${y - 5}l${half} 5l${-half} 5l${-half} -5z`;
        if (number === this.selected) now = mark;
        else d += mark;
      }
      return [
        d && svg('path', {d, class: `marks ${lane.kind}`}),
        now && svg('path', {d: now, class: 'marks now'}),
      ];
    }

    /// A task goes on on another CPU.
    moves() {
      return this.migrations
        .filter((move) => this.inSight({from: move.start, to: move.step}))
        .map((move) =>
          svg(
            'path',
            {
              d: `M${this.x(move.start)} ${this.middle(move.from)}L${this.x(move.step)} ${this.middle(move.to)}`,
              class: 'migration',
            },
            svg('title', {}, `${move.task} moves from ${move.from} to ${move.to}`),
          ),
        );
    }

    landmark(step, className, text, y) {
      const x = this.x(step);
      const onLeft = x > this.gutter + this.room * 0.6;
      return [
        svg('path', {d: `M${x} 14V${this.height}`, class: `landmark ${className}`}),
        svg(
          'text',
          {
            x: x + (onLeft ? -4 : 4),
            y,
            class: `landmark-text ${className}`,
            'text-anchor': onLeft ? 'end' : 'start',
          },
          text,
        ),
      ];
    }

    landmarks() {
      const {run} = this;
      const parts = [];
      if (run.cycle !== null && run.cycle <= run.last) {
        parts.push(
          this.bar({from: run.cycle - 0.5, to: run.last + 0.5}, 28, 5, 'cycle', 'the cycle, for ever'),
        );
        const hasRoom = !run.noReturn || Math.abs(this.x(run.noReturn.step) - this.x(run.cycle)) > 160;
        parts.push(
          this.landmark(run.cycle - 0.5, 'loop', hasRoom ? '\u27f2 for ever' : '\u27f2', hasRoom ? this.height - 4 : 24),
        );
      }
      if (run.noReturn)
        parts.push(this.landmark(run.noReturn.step, 'warn', '\u26a0 point of no return', this.height - 4));
      parts.push(this.landmark(run.last, 'bad', '\u2691', 24));
      return parts;
    }

    arrow(step, className, withText) {
      const cause = this.run.steps[step.enabled_by.step - 1];
      const [x1, x2] = [this.x(cause.number), this.x(step.number)];
      const [y1, y2] = [this.middle(cause.unit || cause.lane), this.middle(step.unit || step.lane)];
      const bend = Math.min(40, Math.max(10, (x2 - x1) / 2));
      const path = svg(
        'path',
        {
          d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 3} ${y2}`,
          class: `cause ${className}`,
          'marker-end': `url(#${className === 'now' ? 'arrow-now' : 'arrow'})`,
        },
        svg(
          'title',
          {},
          `step ${step.number} is possible since step ${cause.number} (${step.enabled_by.kind})`,
        ),
      );
      const isLate = x2 > this.gutter + this.room * 0.8;
      return withText
        ? [
            path,
            svg(
              'text',
              {
                x: x2 + (isLate ? -12 : 10),
                y: y2 + 4,
                class: 'cause-text',
                'text-anchor': isLate ? 'end' : 'start',
              },
              step.enabled_by.kind,
            ),
          ]
        : path;
    }

    /// What made steps possible; of a crowded timeline only that of the selected step and what it made possible.
    arrows() {
      const caused = this.run.steps.filter(
        (step) => step.enabled_by && this.inSight({from: step.enabled_by.step, to: step.number}),
      );
      const isNow = (step) => step.number === this.selected || step.enabled_by.step === this.selected;
      const faint = this.scale < 7 ? [] : caused.filter((step) => !isNow(step));
      return [
        faint.map((step) => this.arrow(step, 'other', false)),
        caused.filter(isNow).map((step) => this.arrow(step, 'now', step.number === this.selected)),
      ];
    }
  };
})();
