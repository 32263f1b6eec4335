// Parts of a page that stand in several.
(() => {
  const {el} = Q;
  const SIGNS = {holds: '\u2713', violated: '\u2717', inconclusive: '?'};

  Q.sign = (status) => el('span', {class: `sign ${status}`, 'aria-hidden': 'true'}, SIGNS[status]);

  /// A name that may be broken after its underscores.
  Q.breakable = (name) => name.split('_').flatMap((part, i) => (i === 0 ? [part] : ['_', el('wbr'), part]));

  Q.copyable = (text) => {
    const said = el('span', {class: 'dim', role: 'status'});
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(text);
        said.textContent = 'copied';
      } catch {
        said.textContent = 'select the line to copy it';
      }
    };
    return el(
      'div',
      {class: 'command'},
      el('code', {}, text),
      el(
        'button',
        {type: 'button', class: 'quiet-button', onclick: copy, 'aria-label': `Copy the command ${text}`},
        'Copy',
      ),
      said,
    );
  };

  /// What skips the bar, for who goes by keys.
  Q.skipLink = (main) =>
    el(
      'a',
      {
        href: '#main',
        class: 'skip',
        onclick: (event) => {
          event.preventDefault();
          main.focus();
        },
      },
      'Skip to the content',
    );
})();
