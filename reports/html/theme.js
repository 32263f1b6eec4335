// Light or dark: what the system prefers, until somebody asks for the other one.
(() => {
  const KEY = 'quiesce.theme';
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');

  // A page that was opened from a file may have no storage.
  function stored() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function store(theme) {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // The choice then lasts as long as the page.
    }
  }

  const current = () => document.documentElement.dataset.theme || (prefersDark.matches ? 'dark' : 'light');

  Q.themeButton = () => {
    const button = Q.el('button', {type: 'button', class: 'quiet-button', id: 'theme'});
    const show = () => {
      const other = current() === 'dark' ? 'light' : 'dark';
      button.textContent = other === 'dark' ? '\u263e Dark' : '\u2600 Light';
      button.setAttribute('aria-label', `Use the ${other} theme`);
      button.title = `Use the ${other} theme (t)`;
    };
    button.addEventListener('click', () => {
      const other = current() === 'dark' ? 'light' : 'dark';
      document.documentElement.dataset.theme = other;
      store(other);
      show();
    });
    prefersDark.addEventListener('change', show);
    show();
    return button;
  };

  const kept = stored();
  if (kept === 'dark' || kept === 'light') document.documentElement.dataset.theme = kept;
})();
