// The page of a GPT: what its parts do when someone uses them.

import * as api from './api.js';
import { addUser, Answer, replay } from './log.js';
import { element } from './markdown.js';

const $ = (id) => document.getElementById(id);

const log = $('log');
const text = $('text');

/** What the page knows of the GPT; more once the server has told. */
const gpt = {
  name: document.title,
  about: undefined,
  apiOf(tool) {
    const about = this.about;
    const key = about?.tools.find((each) => each.name === tool)?.api;
    return about?.apis.find((each) => each.name === key)?.title;
  },
};

/** The conversation and the turn that runs in it, if any. */
const state = { id: undefined, turn: undefined };

// -- Conversation ---------------------------------------------------------------------------------

// Of several GPTs at one origin each has its own.
const MEMORY = `conversation ${location.pathname}`;

function remember(id) {
  state.id = id;
  try {
    if (id) sessionStorage.setItem(MEMORY, id);
    else sessionStorage.removeItem(MEMORY);
  } catch {
    // Without storage a reload begins anew.
  }
}

function remembered() {
  try {
    return sessionStorage.getItem(MEMORY);
  } catch {
    return null;
  }
}

async function send(message) {
  const said = message.trim();
  if (!said || state.turn) return;
  const turn = new AbortController();
  state.turn = turn;
  refresh();
  addUser(log, said);
  const answer = new Answer(log, gpt, (callId, decision) => {
    text.focus();
    return api.decide(state.id, callId, decision);
  });
  follow(true);
  try {
    if (!state.id) remember(await api.start());
    turn.signal.throwIfAborted();
    for await (const event of api.say(state.id, said, turn.signal)) {
      if (event.type === 'failed' && turn.stopped) answer.note('Stopped.');
      else answer.show(event);
      follow();
    }
  } catch (error) {
    if (turn.signal.aborted) answer.note('Stopped.');
    else answer.fail(error.message);
    // The server no longer knows the conversation; the next message begins a new one.
    if (error.status === 404) remember(undefined);
  }
  answer.end();
  follow();
  if (state.turn === turn) state.turn = undefined;
  refresh();
}

async function stop() {
  const { turn, id } = state;
  if (!turn || turn.stopped) return;
  turn.stopped = true;
  text.focus();
  try {
    // The server ends the turn, and what was said so far still arrives.
    await api.cancel(id);
  } catch {
    turn.abort();
  }
}

function newChat() {
  state.turn?.abort();
  state.turn = undefined;
  remember(undefined);
  log.replaceChildren();
  refresh();
  text.focus();
}

async function resume() {
  const id = remembered();
  if (!id) return;
  try {
    const messages = await api.messages(id);
    if (state.id || state.turn) return;
    remember(id);
    replay(log, messages, gpt);
  } catch (error) {
    if (error.status === 404) remember(undefined);
    else fault(error.message);
  }
  refresh();
  follow(true);
}

function fault(message) {
  log.append(element('p', { class: 'error', role: 'alert' }, message));
}

// -- What is shown --------------------------------------------------------------------------------

function refresh() {
  const empty = !log.hasChildNodes() && !state.turn;
  $('welcome').hidden = !empty;
  $('new-chat').hidden = empty;
  $('send').hidden = Boolean(state.turn);
  $('stop').hidden = !state.turn;
  $('send').disabled = text.value.trim() === '';
}

let following = true;

/** Where to scroll: to the newest, but not past what was said last, so that an answer is read from
 *  its beginning. */
function goal() {
  const scroller = $('scroller');
  const bottom = scroller.scrollHeight - scroller.clientHeight;
  const said = [...log.querySelectorAll('.user')].at(-1);
  if (!said) return bottom;
  const top = said.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  return Math.min(bottom, scroller.scrollTop + top - 8);
}

/** Keeps up with the answer unless someone scrolled away to read. */
function follow(again = false) {
  following ||= again;
  if (following) $('scroller').scrollTop = goal();
}

$('scroller').addEventListener('scroll', ({ target }) => {
  following = Math.abs(goal() - target.scrollTop) < 80;
});

new ResizeObserver(() => follow()).observe(log);

function fit() {
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight}px`;
  refresh();
}

// -- Composer and starters ------------------------------------------------------------------------

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  if (state.turn) return;
  const said = text.value;
  text.value = '';
  fit();
  send(said);
});

text.addEventListener('input', fit);

text.addEventListener('keydown', (event) => {
  // While a word is being composed, Enter belongs to the input method.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('composer').requestSubmit();
});

$('stop').addEventListener('click', stop);
$('new-chat').addEventListener('click', newChat);

for (const item of $('starters').children) {
  const starter = item.textContent;
  const button = element('button', { type: 'button' }, starter);
  button.addEventListener('click', () => {
    text.focus();
    send(starter);
  });
  item.replaceChildren(button);
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
  if (!$('about').open) stop();
});

// -- Menu and about -------------------------------------------------------------------------------

const items = () => [...$('menu-items').querySelectorAll('[role=menuitem]')];

function openMenu(open, focus) {
  $('menu-items').hidden = !open;
  $('menu-button').setAttribute('aria-expanded', String(open));
  if (open) items().at(focus)?.focus();
}

$('menu-button').addEventListener('click', () => openMenu($('menu-items').hidden, 0));

$('menu').addEventListener('keydown', (event) => {
  const open = !$('menu-items').hidden;
  const at = items().indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 };
  if (event.key in moves) {
    openMenu(true, moves[event.key] % items().length);
  } else if (event.key === 'Escape' && open) {
    openMenu(false);
    $('menu-button').focus();
  } else {
    return;
  }
  event.preventDefault();
});

$('menu').addEventListener('focusout', ({ relatedTarget }) => {
  if (relatedTarget && !$('menu').contains(relatedTarget)) openMenu(false);
});

document.addEventListener('click', ({ target }) => {
  if (!$('menu').contains(target) || target.closest('[role=menuitem]')) openMenu(false);
});

$('about-item').addEventListener('click', () => $('about').showModal());

$('about').addEventListener('click', ({ target }) => {
  if (target === $('about')) $('about').close();
});

function describe(about) {
  const model = about.model.offline ? 'none (offline)' : about.model.name;
  const facts = [
    ['Model', model],
    ['APIs', about.apis.map((each) => each.title).join(', ')],
  ];
  for (const [term, fact] of facts) {
    if (fact) $('facts').append(element('dt', {}, term), element('dd', {}, fact));
  }
  $('tools-title').hidden = about.tools.length === 0;
  for (const tool of about.tools) {
    const item = element('li', {}, element('code', {}, tool.name));
    if (tool.consequential) item.append(element('span', { class: 'tag' }, 'asks first'));
    if (tool.description) item.append(element('p', {}, tool.description));
    $('tools').append(item);
  }
}

// -- Start ----------------------------------------------------------------------------------------

$('composer').hidden = false;
const asked = new URLSearchParams(location.search).get('q');
if (asked) {
  // A link brings a first message, which only its reader sends.
  remember(undefined);
  text.value = asked;
  history.replaceState(null, '', location.pathname);
}
fit();
text.focus();
try {
  gpt.about = await api.about();
  describe(gpt.about);
} catch (error) {
  fault(error.message);
}
await resume();
