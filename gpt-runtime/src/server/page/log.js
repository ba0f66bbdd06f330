// The conversation as people see it: what was said, which calls were made, what asks for consent.

import { element, markdown } from '/markdown.js';

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

  ask({ call_id: id, name, arguments: args }) {
    this.endText();
    const card = new Consent(name, args, this.gpt, async (decision) => {
      card.decision = decision;
      await this.decide(id, decision);
    });
    this.calls.set(id, card);
    this.add(card.node);
    card.node.focus();
  }

  finish({ call_id: id, result, is_error: failed, milliseconds }) {
    let call = this.calls.get(id);
    if (call instanceof Consent) {
      const declined = call.decision !== 'allow';
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
      if (call instanceof Consent) this.call(id, call.name, call.args).set('undone');
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

/** Asks whether a call may be made. */
class Consent {
  constructor(name, args, gpt, decided) {
    this.name = name;
    this.args = args;
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
    const button = (label, decision) => {
      const node = element('button', { type: 'button', class: decision }, label);
      node.addEventListener('click', async () => {
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
    };
    const buttons = [button('Allow', 'allow'), button('Decline', 'decline')];
    const trouble = element('p', { class: 'error', role: 'alert' });
    this.node = element(
      'div',
      { class: 'consent', role: 'group', tabindex: '-1', 'aria-label': 'Confirmation' },
      question,
      ...labelled('Arguments', args),
      element('div', { class: 'buttons' }, ...buttons),
      trouble
    );
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
