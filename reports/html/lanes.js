// Which lanes the timeline of a run has, and what stands in them: steps, spans of time, switches.
(() => {
  const unitOf = (step) => step.unit || step.lane;

  /// Steps by the unit that makes them.
  function stepsByUnit(run) {
    const units = new Map();
    for (const step of run.steps) {
      if (!units.has(unitOf(step))) units.set(unitOf(step), []);
      units.get(unitOf(step)).push(step);
    }
    return units;
  }

  const isFree = (text) => text === '' || text === 'idle' || text === 'parked';

  const spansWhere = (run, cell, wanted) =>
    cell === null || cell === undefined
      ? []
      : run.spans(cell).filter((span) => span.to > span.from && wanted(span.text));

  function cpuLanes(run, cpu, units) {
    const lanes = [
      {
        id: cpu.name,
        label: cpu.name,
        kind: 'cpu',
        spans: spansWhere(run, cpu.current, (text) => !isFree(text)).map((span) => ({
          ...span,
          who: span.text,
        })),
        masked: spansWhere(run, cpu.masked, (text) => text !== ''),
      },
    ];
    for (const kind of ['softirq', 'hardirq']) {
      const id = `${cpu.name}/${kind}`;
      const context = cpu[kind] === null || cpu[kind] === undefined ? null : run.machine.contexts[cpu[kind]];
      const spans =
        context === null
          ? []
          : spansWhere(run, context.where, (text) => text !== '').map((span) => ({
              ...span,
              who: kind,
              text: Q.place(span.text).routine,
            }));
      if (units.has(id) || spans.length > 0)
        lanes.push({id, label: kind, kind: 'nested', spans: joined(spans)});
    }
    return lanes;
  }

  /// Neighbours that say the same are one.
  function joined(spans) {
    const all = [];
    for (const span of spans) {
      const last = all.at(-1);
      if (last && last.to === span.from && last.text === span.text) last.to = span.to;
      else all.push({...span});
    }
    return all;
  }

  const isRunning = (state) => state.startsWith('running');
  const isReady = (state) => state.startsWith('runnable');

  /// A task that waits or sleeps during the run has a lane that says when and for what.
  function taskLane(run, context) {
    if (context.kind !== 'task' || Q.sleepsThroughout(run, context.state)) return null;
    const all = run.spans(context.state);
    const spans = [];
    for (const span of all) {
      if (span.to <= span.from || isRunning(span.text) || span.text === 'exited' || span.text === 'dead')
        continue;
      // With the step that ends the span the wait is over, unless the run ends there.
      const waits = run.text(context.waits, span === all.at(-1) ? span.to : span.to - 1);
      spans.push({
        ...span,
        blocked: !isReady(span.text),
        text: isReady(span.text) ? span.text : waits || span.text,
      });
    }
    const neverRuns = spans.length > 0 && !all.some((span) => isRunning(span.text));
    return neverRuns || spans.some((span) => span.blocked)
      ? {id: `task:${context.name}`, label: context.name, kind: 'task', spans: joined(spans)}
      : null;
  }

  /// Where a task came from when it runs on another CPU than before.
  function migrations(run) {
    const all = [];
    for (const context of run.machine.contexts || []) {
      if (context.kind !== 'task' || context.state === null) continue;
      let before = null;
      for (const {from, text} of run.spans(context.state)) {
        const on = /^running on (\S+)$/.exec(text);
        if (!on) continue;
        if (before !== null && before.cpu !== on[1]) {
          all.push({task: context.name, from: before.cpu, to: on[1], start: before.until(from), step: from});
        }
        const began = from;
        before = {cpu: on[1], until: (now) => lastOn(run, context, began, now)};
      }
    }
    return all;
  }

  /// The step at which the task left the CPU on which it ran from `began` on.
  const lastOn = (run, context, began, now) =>
    run.spans(context.state).find((span) => span.from > began)?.from ?? now;

  function otherLane(id, run) {
    const slash = id.indexOf('/');
    const lane = {id, label: id, kind: slash < 0 ? 'other' : 'hardware', spans: []};
    const smmu = (run.machine.smmus || []).find((one) => one.name === id.slice(0, slash));
    const access = smmu && (smmu.accesses || []).find((one) => one.name === id.slice(slash + 1));
    if (access) {
      lane.spans = joined(
        spansWhere(run, access.cell, (text) => text !== '' && !/^(none|idle)\b/.test(text)),
      ).map((span) => ({...span, who: 'dma'}));
    }
    return lane;
  }

  Q.lanesOf = (run) => {
    const units = stepsByUnit(run);
    const cpus = (run.machine.cpus || []).flatMap((cpu) => cpuLanes(run, cpu, units));
    const tasks = (run.machine.contexts || []).map((context) => taskLane(run, context)).filter(Boolean);
    const known = new Set(cpus.map((lane) => lane.id));
    const rest = [...units.keys()].filter((id) => !known.has(id));
    const late = rest.filter((id) => id === 'time');
    const lanes = [
      ...cpus,
      ...tasks,
      ...[...rest.filter((id) => id !== 'time').sort(), ...late].map((id) =>
        otherLane(id, run),
      ),
    ];
    for (const lane of lanes) lane.steps = units.get(lane.id) || [];
    return {lanes, migrations: migrations(run)};
  };
})();
