// The ledger at the bottom: what was promised, and what is there.

import { setText } from './page.js';

const numbers = document.querySelectorAll('#ledger dd[data-of]');
const took = document.querySelector('#took');

export function showLedger({ ledger }) {
  if (!ledger) {
    return;
  }

  for (const number of numbers) {
    const value = ledger[number.dataset.of];
    setText(number, value.toLocaleString('en'));
    if (number.parentElement.classList.contains('verdict')) {
      number.parentElement.classList.toggle('bad', value > 0);
    }
  }

  setText(took, ledger.waitsSeconds !== null ? `waits for ${ledger.waitsSeconds} s`
    : ledger.tookSeconds !== null ? `after ${ledger.tookSeconds.toFixed(1)} s` : '–');
}
