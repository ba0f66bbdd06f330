// The conversations of this browser: a panel beside the chat, on small windows a drawer over it.

import * as api from './api.js';
import { ask, element, iconButton } from './dom.js';

const $ = (id) => document.getElementById(id);

const panel = $('history');
const button = $('history-button');
const small = matchMedia('(max-width: 60rem)');

const MEMORY = 'history';

const DAY = 86_400_000;

export const address = (id) => `#c=${encodeURIComponent(id)}`;

/** The conversation that the address names, if any. */
export function named() {
  const match = /^#c=(.+)$/.exec(location.hash);
  try {
    return match ? decodeURIComponent(match[1]) : undefined;
  } catch {
    return undefined;
  }
}

/** What the panel needs to know: which conversation is shown, and that one is gone. */
const about = { current: () => undefined, gone: () => {} };

/** Makes the panel work. */
export function begin(what) {
  Object.assign(about, what);
  button.addEventListener('click', () => toggle(!panel.open));
  $('history-close').addEventListener('click', () => toggle(false));
  panel.addEventListener('close', () => button.setAttribute('aria-expanded', 'false'));
  panel.addEventListener('click', ({ target }) => {
    // Outside of the drawer, or on a conversation in it.
    if (small.matches && (target === panel || target.closest('a'))) toggle(false);
  });
  small.addEventListener('change', () => {
    if (!panel.open) return;
    panel.close();
    show();
  });
  if (!small.matches && remembered()) show();
}

function toggle(open) {
  if (open) {
    show();
    $('history-close').focus();
  } else {
    const inside = panel.contains(document.activeElement);
    panel.close();
    if (inside) button.focus();
  }
  if (!small.matches) remember(open);
}

function show() {
  if (small.matches) panel.showModal();
  else panel.show();
  button.setAttribute('aria-expanded', 'true');
  refresh();
}

function remembered() {
  try {
    return localStorage.getItem(MEMORY) === 'open';
  } catch {
    return false;
  }
}

function remember(open) {
  try {
    localStorage.setItem(MEMORY, open ? 'open' : 'closed');
  } catch {
    // Without storage the panel begins closed.
  }
}

/** What is listed, so that the same is not listed anew under somebody's fingers. */
let listed;

/** Lists the conversations again, if anybody sees them. */
export async function refresh() {
  if (!panel.open) return;
  const place = $('conversations');
  try {
    const conversations = await api.conversations();
    const now = JSON.stringify(conversations);
    if (now === listed) return mark();
    listed = now;
    const groups = Object.entries(Object.groupBy(conversations, (each) => period(each.changed)));
    const nodes = groups.flatMap(([name, each]) => [
      element('h3', {}, name),
      element('ul', {}, ...each.map(item)),
    ]);
    const none = element('p', { class: 'note' }, 'Nothing was said yet.');
    place.replaceChildren(...(nodes.length > 0 ? nodes : [none]));
  } catch (error) {
    listed = undefined;
    place.replaceChildren(element('p', { class: 'error', role: 'alert' }, error.message));
  }
}

/** Shows which conversation is open. */
export function mark() {
  for (const link of $('conversations').querySelectorAll('a')) {
    if (link.hash === address(about.current() ?? '')) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function item({ id, title, changed }) {
  const date = new Date(changed * 1000);
  const name = title.trim() || 'Files';
  const when = element('time', { datetime: date.toISOString() }, written(date));
  const link = element('a', { href: address(id) }, element('span', {}, name), when);
  if (id === about.current()) link.setAttribute('aria-current', 'page');
  const remove = iconButton('trash', `Delete: ${name}`, () => forget(id, name));
  return element('li', {}, link, remove);
}

async function forget(id, name) {
  if (!(await ask(`Delete “${name}”? What was said there is gone for good.`, 'Delete'))) return;
  try {
    await api.forget(id);
  } catch (error) {
    if (error.status !== 404) {
      $('conversations').prepend(element('p', { class: 'error', role: 'alert' }, error.message));
      return;
    }
  }
  if (id === about.current()) about.gone();
  await refresh();
  $('history-close').focus();
}

/** Midnight so many days ago. */
function midnight(days) {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).getTime();
}

function period(seconds) {
  const time = seconds * 1000;
  if (time >= midnight(0)) return 'Today';
  if (time >= midnight(1)) return 'Yesterday';
  return time >= midnight(7) ? 'Last 7 days' : 'Earlier';
}

/** The time of what was today, else the day. */
function written(date) {
  if (date.getTime() >= midnight(0)) {
    return date.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
  }
  const isRecent = Date.now() - date.getTime() < 300 * DAY;
  const year = isRecent ? undefined : 'numeric';
  return date.toLocaleDateString([], { day: 'numeric', month: 'short', year });
}
