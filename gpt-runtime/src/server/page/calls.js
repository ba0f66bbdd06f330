// Calls as people see them: folded, with arguments, result and time inside, or asking for something.

import { block, highlight } from './code.js';
import { element, icon } from './dom.js';

const STATES = {
  running: 'Calling',
  done: 'Called',
  failed: 'Failed to call',
  declined: 'Declined to call',
  undone: 'Did not finish calling',
};

/** What a call is doing, with more inside for those who open it. */
class Folded {
  constructor(mark, title, states) {
    this.states = states;
    this.verb = element('span');
    this.time = element('span', { class: 'time' });
    const head = element('span', { class: 'title' }, this.verb, ' ', ...title);
    this.body = element('div', { class: 'inside' });
    const summary = element('summary', {}, mark, head, this.time);
    this.node = element('details', { class: 'call' }, summary, this.body);
    this.set('running');
  }

  set(state) {
    this.state = state;
    this.node.dataset.state = state;
    this.verb.textContent = this.states[state];
  }

  finish(failed, milliseconds, inside) {
    this.set(failed ? 'failed' : 'done');
    if (milliseconds !== undefined) this.time.textContent = duration(milliseconds);
    this.body.append(...inside);
  }
}

/** A call of an action. */
export class Call extends Folded {
  constructor(name, args, gpt) {
    const title = [element('code', {}, name)];
    const api = gpt.apiOf(name);
    if (api) title.push(element('span', { class: 'api' }, ` · ${api}`));
    super(element('span', { class: 'mark', 'aria-hidden': 'true' }), title, STATES);
    this.body.append(...labelled('Arguments', args));
  }

  finish(result, failed, milliseconds) {
    super.finish(failed, milliseconds, labelled('Result', parsed(result)));
  }
}

/** Built-in tools, in words of their own. */
const HOSTED = {
  web_search: {
    icon: 'globe',
    states: {
      running: 'Searching the web',
      done: 'Searched the web',
      failed: 'Failed to search the web',
      undone: 'Did not finish searching the web',
    },
    title: ({ query }) => (typeof query === 'string' && query ? [`for “${query}”`] : []),
  },
  code_interpreter: {
    icon: 'code',
    states: {
      running: 'Running code',
      done: 'Ran code',
      failed: 'Failed to run code',
      undone: 'Did not finish running code',
    },
    inside: ({ code }) => (typeof code === 'string' ? [block(code, 'python', 'Python')] : []),
  },
  image_generation: {
    icon: 'picture',
    states: {
      running: 'Drawing a picture',
      done: 'Drew a picture',
      failed: 'Failed to draw a picture',
      undone: 'Did not finish drawing a picture',
    },
    inside: ({ prompt }) => (typeof prompt === 'string' ? labelled('Prompt', prompt) : []),
  },
  open_page: {
    icon: 'globe',
    states: {
      running: 'Reading',
      done: 'Read',
      failed: 'Failed to read',
      undone: 'Did not finish reading',
    },
    title: ({ url }) => [typeof url === 'string' && url ? url : 'a page'],
  },
};

// What the server runs itself has these names for the model.
HOSTED.python = HOSTED.code_interpreter;
HOSTED.generate_image = HOSTED.image_generation;

/** A call of a built-in tool. */
export class HostedCall extends Folded {
  static knows(name) {
    return Object.hasOwn(HOSTED, name);
  }

  constructor(name, args) {
    const known = HOSTED[name];
    const asked = args && typeof args === 'object' ? args : {};
    const mark = element('span', { class: 'hosted-mark' }, icon(known.icon));
    super(mark, known.title?.(asked) ?? [], known.states);
    this.node.dataset.tool = name;
    this.body.append(...(known.inside?.(asked) ?? labelled('Arguments', args)));
  }

  finish(result, failed, milliseconds) {
    // Not every provider's work is measured here.
    const time = milliseconds || undefined;
    super.finish(failed, time, result ? labelled('Output', parsed(result)) : []);
  }
}

/** Asks a person for something before a call is made. */
export class Card {
  constructor(name, args, label, parts, buttons) {
    this.name = name;
    this.args = args;
    this.buttons = buttons;
    this.trouble = element('p', { class: 'error', role: 'alert' });
    this.node = element(
      'div',
      { class: 'consent', role: 'group', tabindex: '-1', 'aria-label': label },
      ...parts,
      element('div', { class: 'buttons' }, ...buttons),
      this.trouble
    );
  }

  /** A button that decides. */
  static button(label, decision, decided, card) {
    const node = element('button', { type: 'button', class: decision }, label);
    node.addEventListener('click', async () => {
      const { buttons, trouble } = card();
      for (const other of buttons) other.disabled = true;
      trouble.textContent = '';
      try {
        await decided(decision);
      } catch (error) {
        trouble.textContent = error.message;
        for (const other of buttons) other.disabled = false;
      }
    });
    return node;
  }
}

/** Asks whether a call may be made. */
export class Consent extends Card {
  constructor(name, args, gpt, always, decided) {
    const api = gpt.apiOf(name);
    const question = element(
      'p',
      {},
      element('strong', {}, gpt.name),
      ' wants to call ',
      element('code', {}, name),
      api ? ` of ${api}` : '',
      '. This may change something outside of this chat.'
    );
    const button = (label, decision) => Card.button(label, decision, decided, () => this);
    const buttons = [button('Allow', 'allow')];
    if (always) buttons.push(button('Always allow', 'always_allow'));
    buttons.push(button('Decline', 'decline'));
    super(name, args, question.textContent, [question, ...labelled('Arguments', args)], buttons);
  }
}

/** Asks a person to sign in; the call goes on by itself when they have. */
export class SignIn extends Card {
  constructor(name, args, gpt, api, address, decided) {
    const question = element(
      'p',
      {},
      element('strong', {}, gpt.name),
      ' calls ',
      element('code', {}, name),
      ` of ${api} as you, once you have signed in there.`
    );
    // In a window of its own, because this one is listening to the answer.
    const link = element(
      'a',
      { class: 'button allow', href: address, target: '_blank', rel: 'noopener' },
      `Sign in to ${api}`
    );
    const decline = Card.button('Decline', 'decline', decided, () => this);
    super(name, args ?? {}, question.textContent, [question], [link, decline]);
  }
}

/** A value under a heading. */
export function labelled(label, value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const shown = typeof value === 'string' ? [text] : highlight(text, 'json');
  const code = element('code', {}, ...shown);
  return [
    element('h3', {}, label),
    element('pre', { tabindex: '0', role: 'region', 'aria-label': label }, code),
  ];
}

/** The value of a text in JSON, else the text. */
export function parsed(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === 'object' ? value : text;
  } catch {
    return text;
  }
}

export function duration(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
