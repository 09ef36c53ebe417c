// The page: each part takes from the feed what it shows.

import { showControls } from './controls.js';
import { openMessage } from './details.js';
import { listen } from './feed.js';
import { showLatest } from './latest.js';
import { showLedger } from './ledger.js';
import { showStations } from './stations.js';
import { showStory } from './story.js';
import './theme.js';
import { moveDots, onDotClicked } from './track.js';

listen((state, isNew) => {
  showStations(state);
  moveDots(state, isNew);
  showLatest(state, isNew);
  showControls(state);
  showLedger(state);
  showStory(state, isNew);
});

onDotClicked(openMessage);
