// The state of the system, as the AppHost tells it by server-sent events: first all of it, then what has changed.

export const state = { dots: [], parts: [], story: [], stream: 0 };

/** Calls back after each change. `isNew` says that everything is told anew: nothing from before counts. */
export function listen(changed) {
  const live = document.querySelector('#live');
  const events = new EventSource('events');
  const take = isNew => event => {
    live.textContent = 'Live';
    live.className = '';
    Object.assign(state, JSON.parse(event.data));
    changed(state, isNew);
  };

  events.addEventListener('snapshot', take(true));
  events.addEventListener('tick', take(false));
  events.addEventListener('error', () => {
    live.textContent = 'The AppHost does not answer';
    live.className = 'problem';
    if (events.readyState === EventSource.CLOSED) {
      // The browser gives up when the answer is an error, as when the AppHost has been started again.
      setTimeout(() => location.reload(), 5000);
    }
  });
}
