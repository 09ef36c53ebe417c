// What just happened, newest first, with the line of code that is responsible.

import { make } from './page.js';
import { openSource } from './details.js';

const list = document.querySelector('#happenings');
let shown = 0;

export function showStory({ story }, isNew) {
  if (isNew) {
    shown = 0;
    list.replaceChildren();
  }

  for (const entry of story.filter(entry => entry.number > shown)) {
    const { file, line, exercise } = entry;
    list.prepend(make('li', {}, make('time', { dateTime: entry.at }, entry.at.slice(11, 19)), ' ', entry.text, ' ',
      link(`${file.split('/').at(-1)}:${line}`, file, line), ' ', exercise ? link('exercise', exercise) : null));
    shown = entry.number;
  }

  while (list.children.length > 40) {
    list.lastChild.remove();
  }
}

function link(text, file, line) {
  const button = make('button', { className: 'link', title: file }, text);
  button.addEventListener('click', () => openSource(file, line));
  return button;
}
