// The namespace of the report, and how it makes elements. Text of a scenario reaches the page through
// textContent and setAttribute alone, so that it can never become markup.
'use strict';
const Q = {};

(() => {
  const SVG = 'http://www.w3.org/2000/svg';

  /// Marks that are not seen, or turn the direction of writing, would let a text look like another one.
  Q.shown = (text) =>
    String(text).replace(/[^\P{Cc}\n\t]|\p{Cf}|[\u2028\u2029\u{e0000}-\u{e0fff}]/gu, '\u00b7');
  const SPOKEN = new Set(['title', 'aria-label', 'placeholder']);

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? '' : SPOKEN.has(name) ? Q.shown(value) : String(value));
    }
    for (const child of children.flat(Infinity)) {
      if (child === undefined || child === null || child === false) continue;
      node.append(child instanceof Node ? child : document.createTextNode(Q.shown(child)));
    }
    return node;
  }

  /// An HTML element: el('td', {class: 'number'}, 'text', other elements).
  Q.el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  /// The same for SVG.
  Q.svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  Q.count = (number, one, many) => `${number.toLocaleString('en')} ${number === 1 ? one : many || `${one}s`}`;

  /// As the kernel prints it.
  Q.seconds = (us) => `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`;

  /// The text that a part of an address stands for, or the part itself if that is malformed.
  Q.decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };

  Q.isTyping = (target) =>
    target instanceof Element &&
    (target.matches('input:not([type=checkbox]), textarea') || target.closest('dialog') !== null);

  /// What is wider than its place can be scrolled by keys, and only that is a stop for the Tab key.
  const reachable = new ResizeObserver((entries) => {
    for (const {target} of entries) {
      const box = target.closest('.scroll');
      if (box && box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else if (box) box.removeAttribute('tabindex');
    }
  });

  /// A table with a caption for screen readers; `head` names the columns.
  Q.table = (caption, head, body, className) => {
    const columns = head.map((name) => (name instanceof Element ? name : Q.el('th', {scope: 'col'}, name)));
    const table = Q.el(
      'table',
      {class: className || ''},
      Q.el('caption', {class: 'hidden'}, caption),
      Q.el('thead', {}, Q.el('tr', {}, columns)),
      body,
    );
    return Q.scroller(caption, table);
  };

  /// What may be wider than the page.
  Q.scroller = (label, content) => {
    const box = Q.el('div', {class: 'scroll', role: 'group', 'aria-label': label}, content);
    reachable.observe(box);
    reachable.observe(content);
    return box;
  };

  /// A button of a few signs, which `label` puts into words.
  Q.button = (text, label, act) =>
    Q.el(
      'button',
      {type: 'button', class: 'quiet-button', 'aria-label': label, title: label, onclick: act},
      text,
    );

  /// A tree of parts that are long: shown when it is opened.
  Q.folded = (summary, ...children) => Q.el('details', {}, Q.el('summary', {}, summary), ...children);
})();
