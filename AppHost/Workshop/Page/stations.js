// The stations of the way, from left to right. Each shows what the tables, the locks and the broker say.

import { make, setText, stateOf } from './page.js';

const Partitions = 16;

/** In the order of the way. `lanes` names the processes that work there. */
const stations = [
  { id: 'client', title: 'client', big: state => state.stream, unit: 'posts per second' },
  { id: 'sender', title: 'SenderService', lanes: state => replicas(state, 'sender') },
  {
    id: 'outbox', title: 'outbox_messages', big: state => state.outbox?.pending, unit: 'pending',
    lines: ({ outbox }) => [`sent: ${show(outbox?.sent)}, failed: ${show(outbox?.failed)}`, `oldest pending: ${age(outbox?.oldest)}`],
    problem: state => state.outboxProblem,
  },
  { id: 'relays', title: 'relays', lanes: relays },
  {
    id: 'queue', title: 'queue', big: ({ queue }) => queue?.depth, unit: 'waiting',
    lines: ({ queue }) => queue?.isDerived ? ['sent and not recorded: this', 'broker does not say it']
      : [`consumers: ${show(queue?.consumers)}`],
    problem: state => state.queueProblem,
  },
  { id: 'receiver', title: 'ReceiverService', lanes: state => replicas(state, 'receiver') },
  {
    id: 'inbox', title: 'inbox_messages', big: ({ inbox }) => inbox?.recorded, unit: 'processed',
    lines: ({ inbox, ledger }) => [`duplicates: ${show(ledger?.absorbed)}`, `dead letters: ${show(inbox?.deadLetters)}`],
    problem: state => state.inboxProblem,
  },
  {
    id: 'projection', title: 'projection', big: ({ inbox }) => inbox?.entities, unit: 'entities',
    problem: state => state.inboxProblem,
  },
];

export const order = stations.map(station => station.id);

const list = document.querySelector('#stations');

for (const station of stations) {
  station.number = make('p', { className: 'big' });
  station.label = make('p', { className: 'unit' }, station.unit);
  station.body = make('div', { className: 'body' });
  station.element = make('li', { id: `station-${station.id}` }, make('h2', {}, station.title));
  station.element.append(...(station.lanes ? [station.body] : [station.number, station.label, station.body]));
  list.append(station.element);
}

/** Shows the state. */
export function showStations(state) {
  for (const station of stations) {
    if (station.big) {
      setText(station.number, show(station.big(state)));
    }

    const problem = station.problem?.(state);
    station.element.classList.toggle('away', !!problem);
    station.element.title = problem ?? '';
    const lanes = station.lanes?.(state) ?? (station.lines?.(state) ?? []).map(text => ({ text }));
    showLanes(station.body, problem ? [{ text: 'does not answer', mark: 'bad' }, ...lanes] : lanes);
  }
}

/** The number of the lane of the relay that has a partition, from 0, and how many there are. */
export function laneOf(state, partition) {
  const owners = state.outbox?.relays ?? [];
  return { lane: Math.max(0, owners.findIndex(relay => relay.partitions.includes(partition))), lanes: Math.max(1, owners.length) };
}

function replicas(state, role) {
  return state.parts.filter(part => part.role === role).map(part => ({
    text: part.name,
    note: stateOf(part),
    mark: part.state === 'Running' && part.isHealthy ? 'good' : part.state === 'NotStarted' ? 'idle' : part.isRunning ? 'waits' : 'bad',
  }));
}

function relays(state) {
  const found = state.outbox?.relays ?? [];
  return found.length === 0 ? [{ text: 'none', mark: 'bad' }]
    : found.map(({ name, partitions }) => ({ text: name, note: `${partitions.length} of ${Partitions} partitions`, partitions }));
}

function showLanes(body, lanes) {
  const key = JSON.stringify(lanes);
  if (body.dataset.key === key) {
    return;
  }

  body.dataset.key = key;
  body.replaceChildren(...lanes.map(({ text, note, mark, partitions }) => make(
    'div',
    { className: `lane ${mark ?? ''}` },
    make('span', { className: 'name' }, text),
    note ? make('span', { className: 'note' }, note) : null,
    partitions ? bar(partitions) : null)));
}

function bar(partitions) {
  const cells = Array.from({ length: Partitions }, (_, partition) => make('i', { className: partitions.includes(partition) ? 'has' : '' }));
  return make('span', { className: 'partitions', title: `partitions ${partitions.join(', ')}` }, ...cells);
}

function show(number) {
  return number === undefined || number === null ? '–' : number.toLocaleString('en');
}

function age(seconds) {
  return seconds === undefined || seconds === null ? '–' : `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}
