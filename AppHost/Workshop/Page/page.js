// The few things that all parts of the page need.

/** Makes an element: `make('p', { className: 'note' }, 'text', otherElement)`. */
export function make(name, properties = {}, ...content) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...content.filter(part => part !== null && part !== undefined));
  return element;
}

/** Sets a text only if it is another one, so that nothing is drawn again without need. */
export function setText(element, text) {
  if (element.textContent !== `${text}`) {
    element.textContent = text;
  }
}

/** Says what a request that failed said, where all can see it. */
export async function post(path) {
  const problem = document.querySelector('#problem') ?? document.querySelector('#send').appendChild(
    make('p', { id: 'problem', role: 'alert' }));
  try {
    const response = await fetch(path, { method: 'POST' });
    problem.textContent = response.ok ? '' : await response.text();
  } catch {
    problem.textContent = 'The AppHost does not answer.';
  }
}

/** A short name of an entity, as long ids of one moment begin alike. */
export const shortName = id => id.slice(-4);

/** The colour of an entity: of the same lightness for all, so that white text can be read on it. */
export function colourOf(id) {
  const hue = parseInt(id.slice(-6), 16) % 360;
  return `oklch(0.5 0.16 ${hue})`;
}

export const whereabouts = {
  Pending: 'in the outbox, to be sent',
  Refused: 'in the outbox, refused, to be tried again',
  Failed: 'in the outbox, failed, for an operator',
  Sent: 'sent to the queue',
  Applied: 'applied',
  DeadLetter: 'kept as a dead letter',
};

/** The state of a process in words. */
export function stateOf({ state, isHealthy }) {
  return state === 'NotStarted' ? 'Not started' : state === 'Running' && !isHealthy ? 'Not healthy' : state;
}
