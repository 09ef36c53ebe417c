// A message with everything that the tables have of it, and the code. Both open over the page.

import { colourOf, make, shortName, whereabouts } from './page.js';

const dialog = document.querySelector('#details');

const crash = {
  Pending: 'Nothing is lost. The row was committed with its entity. The relay, or another one, reads it again.',
  Refused: 'Nothing changes. The next attempt is in the row, by the clock of the database.',
  Failed: 'Nothing changes. The row stays, with the reason, until an operator requeues or discards it.',
  Sent: 'The broker has the message on its disk. A receiver that dies before its commit has done nothing, and the message comes again.',
  Applied: 'Nothing is open. If the message came again, the inbox would know its id.',
  DeadLetter: 'Nothing changes. The whole message is kept, with the reason, until an operator replays or discards it.',
};

const Around = 14; // lines
const Longest = 400; // characters

/** Opens a message. */
export async function openMessage(message) {
  const response = await fetch(`messages/${message.id}`);
  if (!response.ok) {
    return;
  }

  const { row, headers, body, inbox, deadLetter, trace } = await response.json();
  const stage = deadLetter ? 'DeadLetter' : inbox ? 'Applied' : message.stage;
  const dot = make('span', { className: 'dot' }, message.version);
  dot.style.background = colourOf(message.entity);
  show(
    make('span', {}, dot, ` ${message.type}, version ${message.version} of …${shortName(message.entity)}: ${whereabouts[stage]}`),
    make('p', {}, make('strong', {}, 'A crash now: '), crash[stage]),
    trace ? make('p', {}, make('a', { href: trace, target: '_blank', rel: 'noopener' }, 'Its trace in the dashboard')) : null,
    ...part('Body', body), ...part('Headers', headers), ...part('Row of outbox_messages', row),
    ...part('Row of inbox_messages', inbox), ...part('Dead letter', deadLetter));
}

/** Opens a file, at a line or all of it. */
export async function openSource(file, line = 0) {
  const text = await (await fetch(`source?file=${encodeURIComponent(file)}`)).text();
  const first = Math.max(0, line - 1 - Around);
  const lines = text.split('\n').slice(first, line ? line + Around : undefined).map((content, index) => make(
    first + index + 1 === line ? 'mark' : 'span', {}, `${String(first + index + 1).padStart(4)}  ${content}\n`));
  show(file, make('pre', { tabIndex: 0, ariaLabel: 'Source code' }, ...lines));
}

function part(title, value) {
  return value ? [make('h3', {}, title), make('pre', { tabIndex: 0, ariaLabel: title }, JSON.stringify(value, cut, 2))] : [];
}

function cut(_, value) {
  return typeof value === 'string' && value.length > Longest
    ? `${value.slice(0, Longest)}… (${value.length.toLocaleString('en')} characters)` : value;
}

function show(title, ...content) {
  const close = make('button', { className: 'close' }, 'Close');
  close.addEventListener('click', () => dialog.close());
  dialog.replaceChildren(make('h2', { id: 'details-title' }, title), ...content.filter(part => part), close);
  dialog.showModal();
}
