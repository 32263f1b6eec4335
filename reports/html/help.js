// What the keys do, and what the signs mean.
(() => {
  const KEYS = [
    ['j  k', 'next step, step before'],
    ['n  p', 'next step and step before of the same actor'],
    ['g  G', 'before the first step, last step'],
    [']  [', 'next finding, finding before'],
    ['/', 'search the steps; Enter goes to the next match, Shift Enter to the one before'],
    ['1 \u2026 5', 'machine, routines, waits, log, orderings'],
    ['a', 'show or hide what never changes in this run'],
    ['+  \u2212  0', 'zoom the timeline in, out, all of it'],
    ['<  >', 'move the timeline'],
    ['c', 'go to the step that made this one possible'],
    ['v', 'verdicts'],
    ['t', 'light or dark'],
    ['?', 'this help'],
  ];
  const SIGNS = [
    ['\u2717', 'violated: some run shows it'],
    ['\u2713', 'holds: no run shows it, and all were searched'],
    ['?', 'inconclusive: the search ended before all runs were seen'],
    ['!', 'not what the scenario expects'],
    ['\u25cf', 'the step that was just made, a value that it changed'],
    ['\u25b6', 'the step that comes next in that routine'],
    ['\u27f2', 'from here the run goes round for ever'],
    ['\u26a0', 'from this step on the finding cannot be avoided'],
  ];

  const list = (rows) =>
    Q.el(
      'dl',
      {class: 'keys'},
      rows.map(([key, text]) => [
        Q.el(
          'dt',
          {},
          key.split('  ').map((one) => Q.el('kbd', {}, one)),
        ),
        Q.el('dd', {}, text),
      ]),
    );

  let dialog = null;

  Q.showHelp = () => {
    if (dialog === null) {
      const close = Q.el(
        'button',
        {type: 'button', class: 'quiet-button', onclick: () => dialog.close()},
        'Close',
      );
      dialog = Q.el(
        'dialog',
        {'aria-labelledby': 'help-title'},
        Q.el('h2', {id: 'help-title'}, 'Help'),
        Q.el('h3', {}, 'Keys'),
        list(KEYS),
        Q.el('h3', {}, 'Signs'),
        list(SIGNS),
        Q.el('p', {}, 'The address names variant, finding and step: copy it to show somebody a step.'),
        close,
      );
      document.body.append(dialog);
    }
    if (!dialog.open) dialog.showModal();
  };
})();
