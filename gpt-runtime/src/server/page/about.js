// What the GPT is, and what this person has allowed it and others.

import * as api from './api.js';
import { element } from './dom.js';

const $ = (id) => document.getElementById(id);

const BUILT_IN = {
  web_search: 'Web search',
  code_interpreter: 'Code interpreter',
  image_generation: 'Image generation',
};

export const builtIn = (name) => BUILT_IN[name] ?? name;

/** Fills in what the server told. */
export function describe(about) {
  const facts = [
    ['Model', about.model.offline ? 'none (offline)' : about.model.name],
    ['APIs', about.apis.map((each) => each.title).join(', ')],
    ['Built in', about.built_in_tools.map(builtIn).join(', ')],
  ];
  for (const [term, fact] of facts) {
    if (fact) $('facts').append(element('dt', {}, term), element('dd', {}, fact));
  }
  $('tools-title').hidden = about.tools.length === 0;
  for (const tool of about.tools) {
    const item = element('li', {}, element('code', {}, tool.name));
    if (tool.consequential) item.append(' ', element('span', { class: 'tag' }, 'asks first'));
    if (tool.description) item.append(element('p', {}, tool.description));
    $('tools').append(item);
  }
}

/** Opens the dialog. */
export function open() {
  $('about').showModal();
  permissions();
}

/** Shows what is always allowed, where the person is signed in and what is connected; ends it. */
async function permissions() {
  const place = $('permissions');
  try {
    const [tools, signIns, clients] = await Promise.all([
      api.consents(),
      api.signIns(),
      api.clients(),
    ]);
    const rows = [
      ...tools.map((tool) =>
        row(element('code', {}, tool), ' is always allowed', 'Ask again', () => api.withdraw(tool))
      ),
      ...signIns
        .filter((each) => each.signed_in)
        .map((each) => row(each.title, ': signed in', 'Sign out', () => api.signOut(each))),
      ...clients.map((each) => {
        const host = each.host && each.host !== each.name ? ` (${each.host})` : '';
        return row(each.name, `${host} is connected`, 'Disconnect', () => api.disconnect(each));
      }),
    ];
    const title = element('h3', {}, 'Your permissions');
    place.replaceChildren(...(rows.length > 0 ? [title, element('ul', {}, ...rows)] : []));
  } catch (error) {
    place.replaceChildren(element('p', { class: 'error', role: 'alert' }, error.message));
  }
}

function row(name, state, label, undo) {
  const button = element('button', { type: 'button' }, label);
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await undo();
    } catch (error) {
      // Somebody else was faster: it is as it should be.
      if (error.status !== 404) {
        button.after(element('p', { class: 'error', role: 'alert' }, error.message));
        button.disabled = false;
        return;
      }
    }
    await permissions();
    $('about').querySelector('button').focus();
  });
  return element('li', {}, element('span', {}, name, state), button);
}
