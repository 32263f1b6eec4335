// The findings of the result, and the state of the machine after each step of a run.
(() => {
  /// Every finding, in the order of the verdict page.
  Q.findings = () => {
    const all = [];
    (Q.data.variants || []).forEach((variant, v) =>
      variant.properties.forEach((property, p) =>
        property.findings.forEach((finding, f) =>
          all.push({variant, property, finding, key: `${v}/${p}/${f}`}),
        ),
      ),
    );
    return all;
  };

  function histories(finding) {
    const all = (finding.initial || []).map((text) => ({steps: [0], texts: [text]}));
    for (const step of finding.steps) {
      for (const [cell, text] of step.cells || []) {
        all[cell].steps.push(step.number);
        all[cell].texts.push(text);
      }
    }
    return all;
  }

  /// One finding's run. State k is the one after step k; state 0 is the one before the first step.
  Q.Run = class {
    constructor({variant, property, finding, key}) {
      Object.assign(this, {variant, property, finding, key});
      this.steps = finding.steps;
      this.machine = variant.machine || {};
      this.layout = (Q.page.runs || {})[key] || {};
      this.histories = histories(finding);
    }

    get last() {
      return this.steps.length;
    }

    /// Index into the history of a cell: what it holds in state k.
    at(cell, k) {
      const {steps} = this.histories[cell];
      let low = 0;
      let high = steps.length;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (steps[middle] <= k) low = middle;
        else high = middle;
      }
      return low;
    }

    text(cell, k) {
      return cell === null || cell === undefined ? '' : this.histories[cell].texts[this.at(cell, k)];
    }

    /// What it held before step k, if that step changed it.
    was(cell, k) {
      if (cell === null || cell === undefined || k === 0) return null;
      const index = this.at(cell, k);
      const {steps, texts} = this.histories[cell];
      return index > 0 && steps[index] === k ? texts[index - 1] : null;
    }

    varies(...cells) {
      return cells.some(
        (cell) => cell !== null && cell !== undefined && this.histories[cell].steps.length > 1,
      );
    }

    /// [{from, to, text}]: what the cell holds over the run.
    spans(cell) {
      const {steps, texts} = this.histories[cell];
      return steps.map((from, i) => ({
        from,
        to: i + 1 < steps.length ? steps[i + 1] : this.last,
        text: texts[i],
      }));
    }

    /// The number of the first step of the cycle, last + 1 if the run stays at its end, or null.
    get cycle() {
      const start = this.finding.cycle_start;
      return start === undefined ? null : start + 1;
    }

    /// {step, text} of the point of no return, or null if nothing is known.
    get noReturn() {
      const point = this.finding.explanation && this.finding.explanation.point_of_no_return;
      if (!point) return null;
      if (point.kind === 'step') return {step: point.step, text: `step ${point.step}`};
      if (point.kind === 'from_start') return {step: 0, text: 'before the first step'};
      return null;
    }

    /// Whether something that can be looked at step by step is known about the machine.
    get hasCells() {
      return this.histories.length > 0;
    }
  };

  /// Whether the sentence about a task says that it waits, spins or sleeps, and not what it does or that it is gone.
  Q.isWaiting = (sentence) => sentence !== '' && !/^\S+ (runs|has exited|was killed|is about to run)\b/.test(sentence);
  /// As a thread does that nobody asks for anything in the whole run.
  Q.sleepsThroughout = (run, state) => !run.varies(state) && !/^(running|runnable)\b/.test(run.text(state, 0));

  /// The function and the offset of "arm_smmu_device_disable+1".
  Q.place = (location) => {
    const plus = location.lastIndexOf('+');
    const isOffset = plus > 0 && /^\d+$/.test(location.slice(plus + 1));
    return isOffset
      ? {routine: location.slice(0, plus), offset: Number(location.slice(plus + 1))}
      : {routine: location, offset: null};
  };

  /// The value of a field of a register, whose text is hexadecimal; null for anything else.
  Q.fieldOf = (text, field) => {
    if (!/^0x[0-9a-f]+$/i.test(text)) return null;
    const width = BigInt(field.msb - field.lsb + 1);
    return (BigInt(text) >> BigInt(field.lsb)) & ((1n << width) - 1n);
  };
})();
