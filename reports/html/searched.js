// What a search has seen of the program, and where its states are.
(() => {
  const {el} = Q;

  Q.coverageOf = ({coverage}) => {
    if (!coverage) return null;
    const places = (title, list) =>
      list.length > 0 && [
        el('h4', {}, title),
        el(
          'ul',
          {class: 'code'},
          list.map((place) => el('li', {}, `${place.where}: ${place.text}`)),
        ),
      ];
    const sample = coverage.partial ? `Of a sample of ${coverage.states.toLocaleString('en')} states: ` : '';
    return Q.folded(
      'What the search has not seen of the routines',
      el(
        'p',
        {},
        `${sample}${coverage.never_taken.length} of ${Q.count(coverage.steps, 'step')} never taken; ` +
          `of ${Q.count(coverage.conditions_tried, 'condition')} that were tried ` +
          `${coverage.never_true.length} never true, ${coverage.never_false.length} never false.`,
      ),
      places('Steps never taken', coverage.never_taken),
      places('Conditions never true', coverage.never_true),
      places('Conditions never false', coverage.never_false),
    );
  };

  const PROFILE_ROWS = 20;

  /// Rows of what the states and transitions of the search belong to, most first.
  function profileTable(title, rows, columns) {
    if (rows.length === 0) return null;
    const number = (value) => el('td', {class: 'number'}, value);
    const line = (row) =>
      el(
        'tr',
        {},
        el('th', {scope: 'row', class: 'code'}, row.where ?? row.name),
        ...Object.values(columns).map((value) => number(value(row))),
      );
    const head = [title.toLowerCase(), ...Object.keys(columns)];
    const more = rows.length - PROFILE_ROWS;
    return [
      Q.table(title, head, el('tbody', {}, rows.slice(0, PROFILE_ROWS).map(line))),
      more > 0 && el('p', {class: 'dim'}, `${more} more in --format json`),
    ];
  }

  Q.profileOf = ({profile}) => {
    if (!profile) return null;
    const counts = {
      states: (row) => row.states.toLocaleString('en'),
      transitions: (row) => row.transitions.toLocaleString('en'),
    };
    const values = {
      values: (row) => row.values.toLocaleString('en'),
      'states by': (row) => `\u00d7 ${row.factor.toFixed(2)}`,
    };
    const changing = (rows) => rows.filter((row) => row.values > 1);
    return Q.folded(
      `Where ${Q.count(profile.states, 'state')} ${profile.partial ? 'of a sample ' : ''}are`,
      profileTable('Routine', profile.routines, counts),
      profileTable('Step', profile.steps, counts),
      profileTable('Actor', profile.actors, counts),
      profileTable('Part of the state', changing(profile.components), values),
      profileTable('Slot', changing(profile.slots), values),
      profile.estimated && el('p', {class: 'dim'}, 'Factors are estimated from a sample.'),
    );
  };
})();
