// What the owner sees of how the GPT is put together, and a form that tries its operations.

import { builtIn } from './about.js';
import * as api from './api.js';
import { duration, labelled, parsed } from './calls.js';
import { announce, ask, copyButton, element } from './dom.js';
import { safe } from './markdown.js';

const place = document.getElementById('configured');

/** Shows it anew, because signing in changes it. */
export async function open() {
  document.getElementById('configuration').showModal();
  place.replaceChildren(element('p', { class: 'note' }, 'Loading…'));
  try {
    const it = await api.configuration();
    const link = it.visibility === 'link' ? await api.shareLink() : undefined;
    place.replaceChildren(...general(it), ...visibility(it, link), ...actions(it));
  } catch (error) {
    place.replaceChildren(element('p', { class: 'error', role: 'alert' }, error.message));
  }
}

function general(it) {
  const starters = element('ul', {}, ...it.starters.map((each) => element('li', {}, each)));
  const tools = it.built_in_tools.map(builtIn).join(', ');
  return [
    ...facts([
      ['Name', it.name],
      ['Description', it.description],
      ['Conversation starters', it.starters.length > 0 ? starters : 'none'],
      ['Built-in tools', tools || 'none'],
      ['Privacy policy', it.privacy_policy ? web(it.privacy_policy) : 'none'],
    ]),
    ...labelled('Instructions', it.instructions),
    element('p', { class: 'note' }, 'Only you see the instructions.'),
  ];
}

function facts(all) {
  const nodes = all.flatMap(([term, fact]) => [
    element('dt', {}, term),
    element('dd', {}, fact),
  ]);
  return [element('dl', {}, ...nodes)];
}

function web(url) {
  if (!safe(url)) return url;
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, url);
}

const VISIBLE = {
  only_me: 'Only you can use this GPT.',
  link: 'Everyone who has the link can use this GPT.',
  everyone: 'Everyone can use this GPT.',
};

function visibility(it, link) {
  const nodes = [
    element('h3', {}, 'Visibility'),
    element('p', {}, VISIBLE[it.visibility] ?? it.visibility),
  ];
  if (link !== undefined) nodes.push(share(link));
  return nodes;
}

function share(url) {
  const field = element('input', { readonly: '', 'aria-label': 'Share link', id: 'share-link' });
  field.value = url;
  const copy = copyButton('Copy link', () => field.value);
  const renew = element('button', { type: 'button', id: 'renew' }, 'Renew');
  const trouble = element('p', { class: 'error', role: 'alert' });
  renew.addEventListener('click', async () => {
    const question = 'Make a new link? The old one, and everybody who came by it, is shut out.';
    if (!(await ask(question, 'Renew'))) return;
    trouble.textContent = '';
    try {
      field.value = await api.renewShareLink();
      announce('There is a new link');
    } catch (error) {
      trouble.textContent = error.message;
    }
  });
  return element('div', { class: 'share' }, field, copy, renew, trouble);
}

function actions(it) {
  return it.action_sets.flatMap((set) => [
    element('h3', {}, set.title),
    ...facts([
      ['Version', set.version],
      ['Server', set.server ?? element('span', { class: 'missing' }, set.problem)],
      ['Authentication', authentication(set)],
    ]),
    ...set.operations.map((each) => operation(each, set)),
  ]);
}

const KINDS = {
  api_key: 'API key',
  basic: 'User and password',
  bearer: 'Token',
  oauth: 'OAuth',
  open_id_connect: 'OpenID Connect',
  http: 'HTTP',
  mutual_tls: 'Client certificate',
};

function authentication(set) {
  if (set.authentication.length === 0) return 'none';
  return element('ul', {}, ...set.authentication.map(scheme));
}

function scheme(it) {
  const item = element('li', {}, `${KINDS[it.kind] ?? it.kind} `, element('code', {}, it.scheme));
  const states = {
    set: () => [': set in ', element('code', {}, it.variable), ' or in the program'],
    missing: () => [': ', element('span', { class: 'missing' }, 'missing'), ...remedy(it)],
    signed_in: () => [': each person signs in; you are signed in'],
    signed_out: () => [': each person signs in; you are not. ', signIn(it)],
    client_certificate: () => [': the certificate of the HTTP client'],
  };
  item.append(...(states[it.state]?.() ?? []));
  return item;
}

function remedy({ variable, client_variable: client }) {
  const ways = client ? [client, variable] : [variable];
  const named = ways.flatMap((each, at) => [at > 0 ? ' or ' : '', element('code', {}, each)]);
  return ['; set ', ...named];
}

function signIn({ path }) {
  const address = api.local(path);
  return element('a', { href: address, target: '_blank', rel: 'noopener' }, 'Sign in');
}

function operation(it, set) {
  const head = element(
    'summary',
    {},
    element('span', { class: 'method' }, it.method),
    element('code', { class: 'path' }, it.path)
  );
  if (it.consequential) head.append(element('span', { class: 'tag' }, 'asks first'));
  else if (it.asks_once) head.append(element('span', { class: 'tag' }, 'asks once'));
  if (it.time_limit) head.append(element('span', { class: 'tag' }, `${it.time_limit} s at most`));
  if (it.deprecated) head.append(element('span', { class: 'tag' }, 'deprecated'));
  const inside = element('div', { class: 'inside' }, element('p', {}, element('code', {}, it.tool)));
  if (it.description) inside.append(element('p', {}, it.description));
  if (it.server) inside.append(element('p', {}, 'Called at ', element('code', {}, it.server)));
  inside.append(...parameters(it.parameters), trial(it, set));
  return element('details', { class: 'call operation', 'data-tool': it.tool }, head, inside);
}

function parameters(schema) {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return [];
  const rows = properties.map(([name, it]) => {
    const type = [it.type ?? (it.enum ? 'one of' : 'any')].flat().join(' or ');
    const needed = schema.required?.includes(name) ? 'required' : '';
    const about = it.description ?? (it.enum ? it.enum.map(String).join(', ') : '');
    const cells = [element('code', {}, name), type, needed, about];
    return element('tr', {}, ...cells.map((each) => element('td', {}, each)));
  });
  const titles = ['Parameter', 'Type', '', 'Description'];
  const head = titles.map((each) => element(each ? 'th' : 'td', {}, each));
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows)
  );
  const label = 'Parameters';
  return [element('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': label }, table)];
}

/** A form that calls the operation as the owner. */
function trial(it, set) {
  const id = `arguments-${it.tool}`;
  const args = element('textarea', { id, rows: '4', spellcheck: 'false', class: 'json' });
  args.value = JSON.stringify(it.example, null, 2);
  args.rows = Math.min(args.value.split('\n').length + 1, 12);
  const button = element('button', { class: 'allow' }, 'Test');
  const result = element('div', { class: 'result', 'aria-live': 'polite' });
  const form = element(
    'form',
    { class: 'trial' },
    element('label', { for: id }, 'Arguments'),
    args,
    element('div', { class: 'buttons' }, button),
    result
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const value = object(args.value);
    if (!value) {
      result.replaceChildren(element('p', { class: 'error' }, 'Write one JSON object.'));
      return;
    }
    const question = `Call ${it.tool}? This may change something at ${set.title}.`;
    if (it.consequential && !(await ask(question, 'Call'))) return;
    button.disabled = true;
    try {
      const tried = await api.test(it.tool, value);
      const verdict = tried.is_error ? 'Failed' : 'Succeeded';
      const time = duration(tried.milliseconds);
      result.replaceChildren(
        element('p', { class: tried.is_error ? 'missing' : 'good' }, `${verdict} after ${time}`),
        ...labelled('Result', parsed(tried.result))
      );
    } catch (error) {
      result.replaceChildren(element('p', { class: 'error' }, error.message));
    }
    button.disabled = false;
    button.focus();
  });
  return form;
}

function object(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
