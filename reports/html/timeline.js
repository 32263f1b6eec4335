// The timeline: zooms, moves and selects by keys, wheel and pointer.
(() => {
  const {el} = Q;
  const WIDEST = 90;
  const AXIS = 34; // pixels above the first lane
  const LANE = 30; // of the highest lane

  Q.Timeline = class extends Q.TimelinePicture {
    constructor(run, go) {
      super(run);
      this.go = go;
      const attributes = {
        role: 'slider',
        tabindex: '0',
        'aria-label': 'Timeline: step',
        'aria-valuemin': 0,
        'aria-valuemax': run.last,
        'aria-orientation': 'horizontal',
      };
      for (const [name, value] of Object.entries(attributes)) this.plot.setAttribute(name, value);
      this.element = el('section', {class: 'timeline', 'aria-label': 'Timeline'}, this.buttons(), this.plot);
      this.listen();
    }

    buttons() {
      return el(
        'div',
        {class: 'toolbar zoom'},
        el('h2', {}, 'Timeline'),
        Q.button('\u2212', 'Zoom out (-)', () => this.zoom(1 / 1.5)),
        Q.button('+', 'Zoom in (+)', () => this.zoom(1.5)),
        Q.button('All', 'Show all steps (0)', () => this.fit()),
      );
    }

    listen() {
      this.plot.addEventListener('pointerdown', (event) => this.press(event));
      this.plot.addEventListener('wheel', (event) => this.wheel(event), {passive: false});
      this.plot.addEventListener('keydown', (event) => this.onKey(event));
      new ResizeObserver(() => this.draw()).observe(this.plot);
    }

    fit() {
      this.perStep = 0;
      this.from = 0;
      this.draw();
    }

    zoom(factor, around = this.selected) {
      const x = this.x(around);
      this.perStep = Math.min(Math.max(this.scale * factor, this.least), Math.max(WIDEST, this.least));
      this.from += around - this.position(x);
      this.draw();
    }

    pan(steps) {
      this.from += steps;
      this.draw();
    }

    onKey(event) {
      const moves = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10};
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in moves) this.go(this.selected + moves[event.key]);
      else if (event.key === 'Home') this.go(0);
      else if (event.key === 'End') this.go(this.run.last);
      else return;
      event.preventDefault();
    }

    wheel(event) {
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      if (event.ctrlKey) {
        const x = event.clientX - this.plot.getBoundingClientRect().left;
        this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, this.position(x));
      } else if (sideways !== 0) {
        this.pan(sideways / this.scale);
      } else {
        return;
      }
      event.preventDefault();
    }

    /// A press that moves pans; one that does not selects the step.
    press(event) {
      if (event.button !== 0) return;
      const start = {x: event.clientX, from: this.from};
      let moved = false;
      const move = (now) => {
        moved ||= Math.abs(now.clientX - start.x) > 4;
        if (moved) this.pan(start.from - (now.clientX - start.x) / this.scale - this.from);
      };
      const end = () => {
        this.plot.removeEventListener('pointermove', move);
        this.plot.removeEventListener('pointerup', up);
        this.plot.removeEventListener('pointercancel', end);
      };
      const up = (now) => {
        end();
        const x = now.clientX - this.plot.getBoundingClientRect().left;
        if (!moved && x >= this.gutter) this.go(Math.round(this.position(x)));
      };
      this.plot.setPointerCapture(event.pointerId);
      this.plot.addEventListener('pointermove', move);
      this.plot.addEventListener('pointerup', up);
      this.plot.addEventListener('pointercancel', end);
    }

    /// Scrolls the lane of the step into sight, if there are more lanes than room.
    reveal(step) {
      const top = step && this.tops.get(step.unit || step.lane);
      if (top === undefined) return;
      const room = this.plot.clientHeight;
      if (top < this.plot.scrollTop + AXIS) this.plot.scrollTop = top - AXIS;
      else if (top + LANE > this.plot.scrollTop + room) this.plot.scrollTop = top + LANE - room;
    }

    select(number) {
      this.selected = number;
      const step = this.run.steps[number - 1];
      this.plot.setAttribute('aria-valuenow', number);
      this.plot.setAttribute(
        'aria-valuetext',
        step ? `step ${number}: ${step.actor}, ${step.text}` : 'before the first step',
      );
      const shown = this.room / this.scale;
      if (number < this.from || number > this.from + shown) this.from = number - shown / 2;
      this.draw();
      this.reveal(step);
    }
  };
})();
