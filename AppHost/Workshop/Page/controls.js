// The buttons. What each has done is told by the feed.

import { make, post, setText, stateOf } from './page.js';

const ended = ['NotStarted', 'Finished', 'Exited', 'FailedToStart', 'RuntimeUnhealthy'];

const hints = {
  Stop: 'SIGTERM: it ends in order',
  Start: 'Starts it again, on the same data',
  Crash: 'SIGKILL: it ends in the middle of whatever it does',
  Pause: 'SIGSTOP: it stands still, and its connections stay open',
  Continue: 'SIGCONT: it goes on, and does not know how long it stood still',
};

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
export function showControls({ parts, stream, refusedMissing }) {
  const refused = document.querySelector('[data-action="refused"]');
  refused.title = refusedMissing || refused.title;
  refuse(refused, refusedMissing);
  if (document.activeElement !== rate) {
    rate.value = stream;
    showRate(stream);
  }

  for (const part of parts) {
    const row = rows.querySelector(`[data-part="${part.name}"]`) ?? rows.appendChild(makeRow(part.name));
    const [stop, crash, pause] = row.querySelectorAll('button');
    const process = reasonAgainstSignals(part);
    setText(row.querySelector('.state'), stateOf(part));
    offer(stop, part, part.isRunning ? 'Stop' : 'Start', ended.includes(part.state) || part.isRunning ? '' : `${part.name} is on its way`);
    offer(crash, part, 'Crash', process);
    offer(pause, part, part.state === 'Paused' ? 'Continue' : 'Pause', process || part.pauseMissing);
  }
}

/** Shows what a button does now, or why it cannot be pressed. It can have the focus all the same, so that nobody loses it. */
function offer(button, part, action, why) {
  setText(button, action);
  button.ariaLabel = `${action} ${part.name}`;
  button.title = why || hints[action];
  button.dataset.path = `parts/${part.name}/${action.toLowerCase()}`;
  refuse(button, why);
}

/** A button takes no press while the last one is being done, or as long as there is a reason against it. */
function refuse(button, why = button.dataset.why) {
  button.dataset.why = why ?? '';
  button.ariaDisabled = button.dataset.why || button.ariaBusy === 'true' ? 'true' : null;
}

function reasonAgainstSignals({ name, isRunning, hasProcess }) {
  return !hasProcess ? `${name} runs in a container. Its processes get no signals from here.` : isRunning ? '' : `${name} does not run`;
}

function makeRow(name) {
  const buttons = ['', 'danger', ''].map(className => make('button', { className }));
  buttons.forEach(button => button.addEventListener('click', () => press(button, button.dataset.path)));
  const row = make('tr', {}, make('th', { scope: 'row' }, name), make('td', { className: 'state' }),
    make('td', { className: 'buttons' }, ...buttons));
  row.dataset.part = name;
  return row;
}

/** A button says that it works, and keeps the focus. */
async function press(button, path) {
  if (button.ariaDisabled === 'true') {
    return;
  }

  button.ariaBusy = 'true';
  refuse(button);
  await post(path);
  button.ariaBusy = null;
  refuse(button);
}

function showRate(value) {
  rateText.textContent = value > 0 ? `${value} per second` : 'off';
}
