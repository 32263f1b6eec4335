// Which view is shown stands in the address: #variant/finding/step/tab. Links and the history work by it.
(() => {
  Q.hash = (variant, finding, step, tab) => {
    const parts = [variant, finding, step, tab];
    while (parts.length > 0 && (parts.at(-1) === undefined || parts.at(-1) === null)) parts.pop();
    return `#${parts.map((part) => encodeURIComponent(String(part))).join('/')}`;
  };

  /// What the address asks for: {entry, variant, step, tab}; entry is null on the verdict page.
  Q.readRoute = (findings) => {
    const [variant, id, step, tab] = location.hash.slice(1).split('/').map(Q.decoded);
    const entry = findings.find((one) => one.variant.name === variant && one.finding.id === id) || null;
    if (!entry) return {entry: null, variant};
    const last = entry.finding.steps.length;
    const wanted = step === undefined || step === '' ? last : Number(step);
    return {entry, variant, step: Number.isInteger(wanted) ? Math.min(Math.max(wanted, 0), last) : last, tab};
  };

  const WRITE_EVERY_MS = 150; // browsers refuse, or ignore, more than 100 changes in 10 seconds
  let wanted = null;
  let standing = null; // the address that `wanted` replaces
  let waiting = null;
  let written = 0;

  function write() {
    clearTimeout(waiting);
    waiting = null;
    // Who has gone elsewhere since, by a link or by the history, is not brought back.
    if (location.hash !== standing) wanted = null;
    if (wanted === null) return;
    try {
      history.replaceState(history.state, '', wanted);
    } catch {
      location.replace(wanted);
    }
    wanted = null;
    written = Date.now();
  }

  /// Steps that keys go through replace each other in the history; links that are followed add to it. A key that is
  /// held down writes the address now and then, and at the end.
  Q.replaceHash = (hash) => {
    wanted = hash;
    standing = location.hash;
    const left = written + WRITE_EVERY_MS - Date.now();
    if (left <= 0) write();
    else waiting ??= setTimeout(write, left);
  };
  /// Before another entry is added to the history.
  Q.settleHash = write;
})();
