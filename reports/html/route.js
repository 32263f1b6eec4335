// Which view is shown stands in the address: #variant/finding/step/tab. Links and the history work by it.
(() => {
  Q.hash = (variant, finding, step, tab) => {
    const parts = [variant, finding, step, tab];
    while (parts.length > 0 && (parts.at(-1) === undefined || parts.at(-1) === null)) parts.pop();
    return `#${parts.map((part) => encodeURIComponent(String(part))).join('/')}`;
  };

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  /// What the address asks for: {entry, variant, step, tab}; entry is null on the verdict page.
  Q.readRoute = (findings) => {
    const [variant, id, step, tab] = location.hash.slice(1).split('/').map(decoded);
    const entry = findings.find((one) => one.variant.name === variant && one.finding.id === id) || null;
    if (!entry) return {entry: null, variant};
    const last = entry.finding.steps.length;
    const wanted = step === undefined || step === '' ? last : Number(step);
    return {entry, variant, step: Number.isInteger(wanted) ? Math.min(Math.max(wanted, 0), last) : last, tab};
  };

  /// Steps that keys go through replace each other in the history; links that are followed add to it.
  Q.replaceHash = (hash) => {
    try {
      history.replaceState(history.state, '', hash);
    } catch {
      location.replace(hash);
    }
  };
})();
