// The conversation as people see it: what was said, which calls were made, what asks for consent.

import { element, markdown } from './markdown.js';

/** How long streamed text may wait until it is shown, in milliseconds. */
const REDRAW = 40;

/** Adds what a person said. */
export function addUser(log, text) {
  log.append(element('div', { class: 'user' }, element('p', {}, text)));
}

/** An answer, growing with the events of its turn. */
export class Answer {
  constructor(log, gpt, decide) {
    this.gpt = gpt;
    this.decide = decide;
    this.calls = new Map();
    const thinking = element('span', { class: 'for-readers' }, 'Thinking');
    this.waiting = element('div', { class: 'waiting', role: 'status' }, dots(), thinking);
    this.node = element('div', { class: 'answer', 'aria-busy': 'true' }, this.waiting);
    log.append(this.node);
  }

  show(event) {
    const shows = {
      text_delta: () => this.text(event.text),
      confirmation_needed: () => this.ask(event),
      sign_in_needed: () => this.askToSignIn(event),
      call_started: () => this.call(event.call_id, event.name, event.arguments),
      call_finished: () => this.finish(event),
      // All text was streamed; a server that did not is shown all the same.
      finished: () => this.node.querySelector('.text') ?? this.text(event.text),
      failed: () => this.fail(event.message),
    };
    shows[event.type]?.();
  }

  text(piece) {
    if (!this.segment) {
      if (piece.trim() === '') return;
      this.segment = { node: element('div', { class: 'text' }), source: '' };
      this.add(this.segment.node);
    }
    this.segment.source += piece;
    this.redraw ??= setTimeout(() => this.draw(), REDRAW);
  }

  draw() {
    clearTimeout(this.redraw);
    this.redraw = undefined;
    this.segment?.node.replaceChildren(...markdown(this.segment.source));
  }

  /** Puts a part of the answer before the sign that more is to come. */
  add(node) {
    if (this.waiting.isConnected) this.waiting.before(node);
    else this.node.append(node);
  }

  /** Ends the text, so that what comes now stands below it. */
  endText() {
    this.draw();
    this.segment = undefined;
  }

  call(id, name, args) {
    this.endText();
    const call = new Call(name, args, this.gpt);
    const card = this.calls.get(id)?.node;
    this.calls.set(id, call);
    if (card) card.replaceWith(call.node);
    else this.add(call.node);
    return call;
  }

  ask({ call_id: id, name, arguments: args, may_always_allow: always }) {
    const card = new Consent(name, args, this.gpt, always, async (decision) => {
      card.decision = decision;
      await this.decide(id, decision);
    });
    this.card(id, card);
  }

  askToSignIn({ call_id: id, name, api, path }) {
    const earlier = this.calls.get(id);
    const card = new SignIn(name, earlier?.args, this.gpt, api, path, async (decision) => {
      card.decision = decision;
      await this.decide(id, decision);
    });
    // One was allowed before.
    earlier?.node.remove();
    this.card(id, card);
  }

  /** Shows a card that asks the person for something. */
  card(id, card) {
    this.endText();
    this.calls.set(id, card);
    this.add(card.node);
    card.node.focus();
  }

  finish({ call_id: id, result, is_error: failed, milliseconds }) {
    let call = this.calls.get(id);
    if (call instanceof Card) {
      const declined = call.decision === 'decline';
      call = this.call(id, call.name, call.args);
      if (declined) return call.set('declined');
    }
    return call?.finish(result, failed, milliseconds);
  }

  fail(message) {
    this.add(element('p', { class: 'error', role: 'alert' }, message));
  }

  note(message) {
    this.add(element('p', { class: 'note' }, message));
  }

  /** Nothing more comes. */
  end() {
    this.endText();
    this.waiting.remove();
    for (const [id, call] of this.calls) {
      if (call instanceof Card) this.call(id, call.name, call.args).set('undone');
      else if (call.state === 'running') call.set('undone');
    }
    this.node.setAttribute('aria-busy', 'false');
    if (!this.node.hasChildNodes()) this.node.remove();
  }
}

const STATES = {
  running: 'Calling',
  done: 'Called',
  failed: 'Failed to call',
  declined: 'Declined to call',
  undone: 'Did not finish calling',
};

/** A call of an action: folded, with arguments, result and time inside. */
class Call {
  constructor(name, args, gpt) {
    this.verb = element('span');
    this.time = element('span', { class: 'time' });
    const title = element('span', { class: 'title' }, this.verb, ' ', element('code', {}, name));
    const api = gpt.apiOf(name);
    if (api) title.append(element('span', { class: 'api' }, ` · ${api}`));
    const mark = element('span', { class: 'mark', 'aria-hidden': 'true' });
    this.body = element('div', { class: 'inside' }, ...labelled('Arguments', args));
    const summary = element('summary', {}, mark, title, this.time);
    this.node = element('details', { class: 'call' }, summary, this.body);
    this.set('running');
  }

  set(state) {
    this.state = state;
    this.node.dataset.state = state;
    this.verb.textContent = STATES[state];
  }

  finish(result, failed, milliseconds) {
    this.set(failed ? 'failed' : 'done');
    if (milliseconds !== undefined) this.time.textContent = duration(milliseconds);
    this.body.append(...labelled('Result', parsed(result)));
  }
}

/** Asks a person for something before a call is made. */
class Card {
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
class Consent extends Card {
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
    super(name, args, 'Confirmation', [question, ...labelled('Arguments', args)], buttons);
  }
}

/** Asks a person to sign in; the call goes on by itself when they have. */
class SignIn extends Card {
  constructor(name, args, gpt, api, path, decided) {
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
      { class: 'button allow', href: path, target: '_blank', rel: 'noopener' },
      `Sign in to ${api}`
    );
    const decline = Card.button('Decline', 'decline', decided, () => this);
    super(name, args ?? {}, 'Sign in', [question], [link, decline]);
  }
}

/** Shows the messages of an earlier visit. */
export function replay(log, messages, gpt) {
  let answer;
  for (const message of messages) {
    if (message.role === 'user') {
      answer?.end();
      addUser(log, message.text);
      answer = undefined;
      continue;
    }
    answer ??= new Answer(log, gpt);
    if (message.role === 'assistant') {
      answer.endText();
      answer.text(message.text);
      for (const call of message.calls ?? []) answer.call(call.id, call.name, call.arguments);
    } else {
      answer.finish({ call_id: message.call_id, result: message.text, is_error: message.is_error });
    }
  }
  answer?.end();
}

function labelled(label, value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return [
    element('h3', {}, label),
    element('pre', { tabindex: '0', 'aria-label': label }, element('code', {}, text)),
  ];
}

/** The value of a text in JSON, else the text. */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? value : text;
  } catch {
    return text;
  }
}

function duration(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function dots() {
  const all = element('span', { class: 'dots', 'aria-hidden': 'true' });
  all.append(element('i'), element('i'), element('i'));
  return all;
}
