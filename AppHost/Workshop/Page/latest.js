// The newest messages as buttons: the dots for everybody who uses no mouse, or does not see them.

import { colourOf, make, shortName, whereabouts } from './page.js';
import { openMessage } from './details.js';

const Shown = 8;
const list = document.querySelector('#latest ul');
const newest = new Map();

export function showLatest({ dots }, isNew) {
  if (isNew) {
    newest.clear();
  }

  for (const message of dots) {
    // An entry stays where it is, while its message moves on.
    newest.set(message.id, message);
  }

  while (newest.size > Shown) {
    newest.delete(newest.keys().next().value);
  }

  // Nobody's focus is taken away.
  if (dots.length > 0 && !list.contains(document.activeElement) || isNew) {
    list.replaceChildren(...[...newest.values()].reverse().map(item));
  }
}

function item(message) {
  const dot = make('span', { className: 'dot' }, message.version);
  dot.style.background = colourOf(message.entity);
  const button = make('button', { className: 'message' }, dot, ` …${shortName(message.entity)} ${whereabouts[message.stage]}`);
  button.addEventListener('click', () => openMessage(newest.get(message.id) ?? message));
  return make('li', {}, button);
}
