// The dots: messages that move from station to station. Their number is bounded, whatever the load, and so is the memory.

import { colourOf } from './page.js';
import { laneOf, order } from './stations.js';

const Most = 400;
const Speed = 3.5; // stations per second
const Fade = 1; // seconds, after the arrival

const goal = { Pending: 'outbox', Refused: 'outbox', Failed: 'outbox', Sent: 'queue', Applied: 'projection', DeadLetter: 'inbox' };

const canvas = document.querySelector('#track');
const paper = canvas.getContext('2d');
const still = matchMedia('(prefers-reduced-motion: reduce)');
const moving = new Map();
let centres = [];
let [height, radius] = [0, 0];
let state = { dots: [] };
let last;

/** Takes what the feed says. A snapshot replaces everything. */
export function moveDots(newState, isNew) {
  state = newState;
  if (isNew) {
    moving.clear();
  }

  for (const message of state.dots) {
    const known = moving.get(message.id);
    if (known) {
      known.message = message;
    } else if (moving.size < Most || makeRoom()) {
      moving.set(message.id, { message, at: isNew ? order.indexOf(goal[message.stage]) : 0, arrived: 0, x: 0, y: 0 });
    }
  }

  wake();
}

/** Calls back with the message that was clicked. */
export function onDotClicked(open) {
  canvas.addEventListener('click', ({ offsetX, offsetY }) => {
    const hit = [...moving.values()].findLast(dot => Math.hypot(dot.x - offsetX, dot.y - offsetY) < radius + 3);
    if (hit) {
      open(hit.message);
    }
  });
}

/** Gives up the dot that needs it least: one that has arrived. */
function makeRoom() {
  const id = moving.entries().find(([, dot]) => dot.message.stage === 'Applied')?.[0];
  return id !== undefined && moving.delete(id);
}

function wake() {
  last ??= requestAnimationFrame(now => draw(now, now));
}

function draw(now, before) {
  const seconds = Math.min((now - before) / 1000, 0.1);
  paper.clearRect(0, 0, canvas.width, canvas.height);
  const piles = new Map();
  let isMoving = false;
  for (const [id, dot] of moving) {
    isMoving = step(dot, seconds) || isMoving;
    if (dot.arrived > Fade) {
      moving.delete(id);
    } else {
      place(dot, piles);
      paint(dot);
    }
  }

  last = isMoving ? requestAnimationFrame(next => draw(next, now)) : undefined;
}

/** True as long as it has to be drawn again. */
function step(dot, seconds) {
  const { stage } = dot.message;
  const end = order.indexOf(goal[stage]);
  dot.at = still.matches || dot.at > end ? end : Math.min(end, dot.at + Speed * seconds);
  if (dot.at === end && (stage === 'Applied' || stage === 'DeadLetter')) {
    dot.arrived += seconds;
    return true;
  }

  return dot.at < end;
}

/** On its lane while it moves, and in a pile where it waits. */
function place(dot, piles) {
  const { stage, partition } = dot.message;
  const end = order.indexOf(goal[stage]);
  const from = Math.floor(dot.at);
  const part = dot.at - from;
  const to = Math.min(from + 1, order.length - 1);
  if (dot.at < end || stage === 'Applied') {
    dot.x = centres[from] + (centres[to] - centres[from]) * part;
    dot.y = laneY(from, partition) * (1 - part) + laneY(to, partition) * part;
  } else {
    const index = piles.get(end) ?? 0;
    piles.set(end, index + 1);
    const across = Math.max(1, Math.floor((centres[1] - centres[0] - 8) / (2 * radius + 2)));
    const [column, row] = [index % across, Math.floor(index / across) % Math.max(1, Math.floor(height / (2 * radius + 2)))];
    dot.x = centres[end] + (column - (across - 1) / 2) * (2 * radius + 2);
    dot.y = stage === 'DeadLetter' ? height - radius - 4 : radius + 4 + row * (2 * radius + 2);
  }
}

function laneY(station, partition) {
  const { lane, lanes } = order[station] === 'relays' ? laneOf(state, partition) : { lane: 0, lanes: 1 };
  return height * (lane + 1) / (lanes + 1);
}

function paint({ x, y, arrived, message }) {
  paper.globalAlpha = 1 - arrived / Fade * 0.9;
  paper.fillStyle = colourOf(message.entity);
  paper.beginPath();
  paper.arc(x, y, radius, 0, 2 * Math.PI);
  paper.fill();
  if (message.stage === 'Refused' || message.stage === 'Failed' || message.stage === 'DeadLetter') {
    paper.lineWidth = 3;
    paper.strokeStyle = getComputedStyle(canvas).color;
    paper.stroke();
  }

  paper.fillStyle = 'white';
  paper.fillText(message.version, x, y + 0.5);
}

function fit() {
  const box = canvas.getBoundingClientRect();
  const ratio = devicePixelRatio;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  [height, radius] = [box.height, rem * 0.6875];
  Object.assign(canvas, { width: box.width * ratio, height: height * ratio });
  paper.setTransform(ratio, 0, 0, ratio, 0, 0);
  Object.assign(paper, { font: `600 ${radius * 1.1}px system-ui, sans-serif`, textAlign: 'center', textBaseline: 'middle' });
  centres = order.map(id => {
    const station = document.querySelector(`#station-${id}`).getBoundingClientRect();
    return station.left + station.width / 2 - box.left;
  });
  wake();
}

new ResizeObserver(fit).observe(canvas);
