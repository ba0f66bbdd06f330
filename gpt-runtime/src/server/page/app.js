// The page of a GPT: what its parts do when someone uses them.

import * as about from './about.js';
import * as api from './api.js';
import { Attachments, listen } from './attachments.js';
import { announce, element } from './dom.js';
import * as past from './history.js';
import { addUser, Answer, replay } from './log.js';
import * as menu from './menu.js';

const $ = (id) => document.getElementById(id);

const log = $('log');
const text = $('text');

/** What the page knows of the GPT; more once the server has told. */
const gpt = {
  name: document.title,
  about: undefined,
  tool(name) {
    return this.about?.tools.find((each) => each.name === name);
  },
  has(name) {
    return this.tool(name) !== undefined;
  },
  apiOf(name) {
    const key = this.tool(name)?.api;
    return this.about?.apis.find((each) => each.name === key)?.title;
  },
};

/** The conversation and the turn that runs in it, if any. */
const state = { id: undefined, turn: undefined };

// -- Conversation ---------------------------------------------------------------------------------

/** Notes which conversation is shown, also in the address, so that it can be opened again. */
function enter(id, how = 'pushState') {
  state.id = id;
  if (past.named() !== id) {
    history[how](null, '', id ? past.address(id) : location.pathname);
  }
  past.mark();
}

/** The conversation, which begins when it is first needed; of several at once one begins. */
let starting;

async function conversation() {
  if (state.id) return state.id;
  starting ??= api.start();
  const mine = starting;
  try {
    const id = await mine;
    // Another chat may have been opened meanwhile.
    if (starting === mine) enter(id);
    return id;
  } finally {
    if (starting === mine) starting = undefined;
  }
}

/** What an answer needs to know of where it stands. */
function place(said) {
  const id = () => state.id;
  return {
    decide: (callId, decision) => {
      text.focus();
      return api.decide(id(), callId, decision);
    },
    local: api.local,
    fileUrl: (file) => api.file(id(), file.id),
    retry: (answer) => retry(answer, said),
  };
}

/** Says something new. */
async function send(message, files = []) {
  const said = { text: message.trim(), files, isTaken: false };
  if ((!said.text && files.length === 0) || state.turn) return;
  addUser(log, said.text, files, place().fileUrl);
  await answer(said);
}

/** Has the last message answered again, in place of the answer that is there. */
async function retry(old, said) {
  if (state.turn) return;
  old.node.remove();
  text.focus();
  await answer(said);
}

/** Shows the answer to what was said, which the server may or may not know yet. */
async function answer(said) {
  const turn = new AbortController();
  state.turn = turn;
  refresh();
  const shown = new Answer(log, gpt, place(said));
  follow(true);
  announce(`${gpt.name} is thinking`);
  try {
    const id = await conversation();
    turn.signal.throwIfAborted();
    const files = said.files.map((file) => file.id);
    const events = said.isTaken
      ? await api.retry(id, turn.signal)
      : await api.say(id, said.text, files, turn.signal);
    said.isTaken = true;
    past.refresh();
    for await (const event of events) {
      if (event.type === 'failed' && turn.stopped) shown.note('Stopped.');
      else shown.show(event);
      follow();
    }
  } catch (error) {
    if (turn.signal.aborted) shown.note('Stopped.');
    else shown.fail(error.message);
    // The server no longer knows the conversation; the next message begins a new one.
    if (error.status === 404 && state.turn === turn) {
      said.isTaken = false;
      enter(undefined, 'replaceState');
    }
  }
  shown.end();
  if (state.turn !== turn) return;
  state.turn = undefined;
  if (!turn.stopped) announce(`${gpt.name}: ${shown.spoken}`);
  follow();
  refresh();
  past.refresh();
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

/** Leaves what is shown. */
function leave() {
  state.turn?.abort();
  state.turn = undefined;
  starting = undefined;
  attachments.clear();
  log.replaceChildren();
}

function newChat(how) {
  leave();
  enter(undefined, how);
  refresh();
  text.focus();
}

/** Shows the conversation that the address names. */
async function open() {
  const id = past.named();
  leave();
  enter(id);
  refresh();
  if (!id) return;
  try {
    const messages = await api.messages(id);
    // Something else may have been opened or said meanwhile.
    if (state.id !== id || log.hasChildNodes()) return;
    replay(log, messages, gpt, place({ isTaken: true, files: [] }));
  } catch (error) {
    if (state.id !== id) return;
    if (error.status === 404) enter(undefined, 'replaceState');
    fault(error.message);
  }
  refresh();
  follow(true);
}

function fault(message) {
  log.append(element('p', { class: 'error', role: 'alert' }, message));
  refresh();
}

// -- What is shown --------------------------------------------------------------------------------

const attachments = new Attachments(
  $('attachments'),
  async (file, progress, signal) => api.upload(await conversation(), file, progress, signal),
  refresh
);

function refresh() {
  const empty = !log.hasChildNodes() && !state.turn;
  $('welcome').hidden = !empty;
  $('new-chat').hidden = empty;
  $('send').hidden = Boolean(state.turn);
  $('stop').hidden = !state.turn;
  const something = text.value.trim() !== '' || !attachments.isEmpty;
  $('send').disabled = !something || !attachments.isReady;
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
  if (state.turn || !attachments.isReady) return;
  const said = text.value;
  const files = attachments.take();
  text.value = '';
  fit();
  send(said, files);
});

text.addEventListener('input', fit);

text.addEventListener('keydown', (event) => {
  // While a word is being composed, Enter belongs to the input method.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('composer').requestSubmit();
});

$('stop').addEventListener('click', stop);
$('new-chat').addEventListener('click', () => newChat());

for (const item of $('starters').children) {
  const starter = item.textContent;
  const button = element('button', { type: 'button' }, starter);
  button.addEventListener('click', () => {
    text.focus();
    send(starter);
  });
  item.replaceChildren(button);
}

listen(attachments, { button: $('attach'), input: $('files'), text, target: $('chat') });

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
  if (!document.querySelector('dialog:modal')) stop();
});

// -- Start ----------------------------------------------------------------------------------------

menu.begin();
$('about-item').addEventListener('click', about.open);
$('configuration-item').addEventListener('click', async () => {
  // Only the owner needs it.
  const configuration = await import('./configuration.js');
  await configuration.open();
});
past.begin({ current: () => state.id, gone: () => newChat('replaceState') });
window.addEventListener('hashchange', () => {
  if (past.named() !== state.id) open();
});
$('composer').hidden = false;

// Other pages may lead here with something to say. Whether to say it is for people to decide.
const proposed = new URLSearchParams(location.search).get('q');
if (proposed !== null) {
  text.value = proposed;
  history.replaceState(null, '', location.pathname + location.hash);
}
fit();
text.focus();
try {
  gpt.about = await api.about();
  about.describe(gpt.about);
  $('configuration-item').hidden = !gpt.about.is_owner;
} catch (error) {
  fault(error.message);
}
if (past.named() && !state.id) await open();
