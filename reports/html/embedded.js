// What the page was rendered from.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);

  Q.data = read('data');
  /// What the program adds to that: the command, and graphs that are laid out.
  Q.page = read('page');
})();
