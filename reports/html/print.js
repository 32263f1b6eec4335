// On paper: the verdict page and all steps of the finding that is open, or of every finding.
(() => {
  const {el} = Q;

  function paperOf(entry) {
    const run = new Q.Run(entry);
    return el(
      'article',
      {class: 'paper'},
      Q.runHeading(run),
      Q.stepsElement(run),
      run.finding.log.length > 0 && el('h3', {}, 'The console of this machine'),
      run.finding.log.length > 0 && Q.logView(run).element,
      Q.waitsView(run),
      Q.orderingsView(run),
    );
  }

  Q.preparePrint = (findings, opened) => {
    const wanted = opened === null ? findings : [opened];
    const paper = el('div', {id: 'paper'}, opened !== null && Q.verdictPage(findings), wanted.map(paperOf));
    for (const node of paper.querySelectorAll('[id]:not(marker)')) node.removeAttribute('id');
    for (const node of paper.querySelectorAll('details')) node.open = true;
    document.getElementById('paper')?.remove();
    document.body.append(paper);
    for (const node of document.querySelectorAll('#main details:not([open])')) {
      node.open = true;
      node.dataset.printed = '';
    }
  };

  Q.afterPrint = () => {
    document.getElementById('paper')?.remove();
    for (const node of document.querySelectorAll('details[data-printed]')) {
      node.open = false;
      delete node.dataset.printed;
    }
  };
})();
