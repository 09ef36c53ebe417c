// The buttons. What each has done is told by the feed.

import { make, post } from './page.js';

const rate = document.querySelector('#rate');
const rateText = document.querySelector('#rate-text');
const rows = document.querySelector('#parts');

for (const button of document.querySelectorAll('button[data-action]')) {
  button.addEventListener('click', () => press(button, `actions/${button.dataset.action}?count=${button.dataset.count ?? 1}`));
}

rate.addEventListener('input', () => showRate(Number(rate.value)));
rate.addEventListener('change', () => post(`actions/stream?count=${rate.value}`));
document.querySelector('#stop').addEventListener('click', () => post('actions/stream?count=0'));

/** Shows which buttons can be pressed. */
export function showControls({ parts, stream }) {
  if (document.activeElement !== rate) {
    rate.value = stream;
    showRate(stream);
  }

  for (const part of parts) {
    const row = rows.querySelector(`[data-part="${part.name}"]`) ?? rows.appendChild(makeRow(part.name));
    row.querySelector('.state').textContent = part.isHealthy || part.state !== 'Running' ? part.state : 'Running, not healthy';
    for (const button of row.querySelectorAll('button')) {
      const why = reasonAgainst(button.dataset.do, part);
      button.disabled = why !== '';
      button.title = why;
    }
  }
}

function reasonAgainst(action, { name, state, isRunning, hasProcess, pauseMissing }) {
  const isPaused = state === 'Paused';
  switch (action) {
    case 'start': return isRunning || ['Starting', 'Waiting', 'Stopping'].includes(state) ? `${name} has not ended` : '';
    case 'continue': return isPaused ? '' : `${name} is not paused`;
    case 'stop': return isRunning ? '' : `${name} does not run`;
    default: return !hasProcess ? `${name} runs in a container, whose processes are not those of this machine`
      : !isRunning || (action === 'pause' && isPaused) ? `${name} does not run`
      : action === 'pause' && pauseMissing ? pauseMissing : '';
  }
}

function makeRow(name) {
  const button = (action, text, className = '') => {
    const made = make('button', { className, ariaLabel: `${text} ${name}` }, text);
    made.dataset.do = action;
    made.addEventListener('click', () => press(made, `parts/${name}/${action}`));
    return made;
  };
  const row = make('tr', {}, make('th', { scope: 'row' }, name), make('td', { className: 'state' }), make('td', { className: 'buttons' },
    button('stop', 'Stop'), button('start', 'Start'), button('crash', 'Crash', 'danger'), button('pause', 'Pause'), button('continue', 'Continue')));
  row.dataset.part = name;
  return row;
}

/** A button says that it works, and takes no second press meanwhile. It keeps the focus. */
async function press(button, path) {
  if (button.ariaBusy === 'true') {
    return;
  }

  button.ariaBusy = 'true';
  await post(path);
  button.ariaBusy = null;
}

function showRate(value) {
  rateText.textContent = value > 0 ? `${value} per second` : 'off';
}
