// The conversation as people see it: what was said, which calls were made, what asks for consent.

import { Call, Card, Consent, HostedCall, SignIn } from './calls.js';
import { dress } from './code.js';
import { announce, copyButton, element, iconButton } from './dom.js';
import { fileNode } from './files.js';
import { anchor, markdown, safe } from './markdown.js';

/** How long streamed text may wait until it is shown, in milliseconds. */
const REDRAW = 40;

/** Adds what a person said. */
export function addUser(log, text, files, fileUrl) {
  const node = element('div', { class: 'user' }, element('h3', { class: 'for-readers' }, 'You said'));
  if (files?.length > 0) {
    const shown = files.map((file) => fileNode(file, fileUrl(file)));
    node.append(element('div', { class: 'user-files' }, ...shown));
  }
  if (text) node.append(element('p', {}, text));
  log.append(node);
}

/** An answer, growing with the events of its turn. */
export class Answer {
  /** `place` says how to decide about a call, where files and sign-ins are, and how to try again. */
  constructor(log, gpt, place) {
    this.gpt = gpt;
    this.place = place;
    this.calls = new Map();
    this.sources = new Map();
    this.said = [];
    const thinking = element('span', { class: 'for-readers' }, 'Thinking');
    this.waiting = element('div', { class: 'waiting' }, dots(), thinking);
    const name = element('h3', { class: 'for-readers' }, `${gpt.name} answered`);
    this.node = element('div', { class: 'answer', 'aria-busy': 'true' }, name, this.waiting);
    log.append(this.node);
  }

  show(event) {
    const shows = {
      text_delta: () => this.text(event.text),
      confirmation_needed: () => this.ask(event),
      sign_in_needed: () => this.askToSignIn(event),
      call_started: () => this.call(event.call_id, event.name, event.arguments),
      call_finished: () => this.finish(event),
      citation_added: () => this.cite(event.citation),
      file_added: () => this.file(event.file),
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
      this.said.push(this.segment);
      this.add(this.segment.node);
    }
    this.segment.source += piece;
    this.redraw ??= setTimeout(() => this.draw(), REDRAW);
  }

  draw() {
    clearTimeout(this.redraw);
    this.redraw = undefined;
    this.segment?.node.replaceChildren(...dress(markdown(this.segment.source)));
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

  call(id, name, args, hosted = HostedCall.knows(name) && !this.gpt.has(name)) {
    this.endText();
    const call = new (hosted ? HostedCall : Call)(name, args, this.gpt);
    const before = this.calls.get(id);
    call.isDeclined = before?.decision === 'decline';
    this.calls.set(id, call);
    if (before) before.node.replaceWith(call.node);
    else this.add(call.node);
    return call;
  }

  ask({ call_id: id, name, arguments: args, may_always_allow: always }) {
    const card = new Consent(name, args, this.gpt, always, async (decision) => {
      card.decision = decision;
      await this.place.decide(id, decision);
    });
    this.card(id, card);
  }

  askToSignIn({ call_id: id, name, api, path }) {
    const earlier = this.calls.get(id);
    const address = this.place.local(path);
    const card = new SignIn(name, earlier?.args, this.gpt, api, address, async (decision) => {
      card.decision = decision;
      await this.place.decide(id, decision);
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
    if (call instanceof Card) call = this.call(id, call.name, call.args);
    if (call?.isDeclined) call.set('declined');
    else call?.finish(result, failed, milliseconds);
  }

  /** Adds a source; the same address once. */
  cite({ url, title }) {
    if (this.sources.has(url)) return;
    const address = safe(url);
    const link = address ? anchor(address, [title || url]) : element('span', {}, title || url);
    const item = element('li', {}, link);
    if (address) item.append(element('span', { class: 'host' }, ` ${new URL(address).host}`));
    this.sources.set(url, item);
    this.list ??= element('ol');
    this.list.append(item);
    this.cited ??= element(
      'section',
      { class: 'sources', 'aria-label': 'Sources' },
      element('h3', {}, 'Sources'),
      this.list
    );
  }

  file(file) {
    this.endText();
    this.add(fileNode(file, this.place.fileUrl(file)));
  }

  fail(message) {
    this.add(element('p', { class: 'error', role: 'alert' }, message));
  }

  note(message) {
    this.add(element('p', { class: 'note' }, message));
    announce(message);
  }

  /** Nothing more comes. */
  end() {
    this.endText();
    this.waiting.remove();
    for (const [id, call] of this.calls) {
      if (call instanceof Card) this.call(id, call.name, call.args).set('undone');
      else if (call.state === 'running') call.set('undone');
    }
    if (this.cited) this.node.append(this.cited);
    const actions = element('div', { class: 'actions' });
    const source = this.said.map((each) => each.source.trim()).join('\n\n');
    if (source) actions.append(copyButton('Copy answer', () => source));
    const again = () => this.place.retry(this);
    actions.append(iconButton('again', 'Try again', again, { class: 'icon retry' }));
    this.node.append(actions);
    this.node.setAttribute('aria-busy', 'false');
  }

  /** What was said so far, for those who listen. */
  get spoken() {
    return this.said.map((each) => each.node.innerText).join('\n');
  }
}

/** Shows the messages of an earlier visit. */
export function replay(log, messages, gpt, place) {
  let answer;
  for (const message of messages) {
    if (message.role === 'user') {
      answer?.end();
      addUser(log, message.text, message.files, place.fileUrl);
      answer = new Answer(log, gpt, place);
      continue;
    }
    answer ??= new Answer(log, gpt, place);
    if (message.role === 'assistant') {
      for (const call of message.hosted_calls ?? []) {
        answer.call(call.id, call.name, call.arguments, HostedCall.knows(call.name));
        answer.finish({ ...call, call_id: call.id });
      }
      answer.endText();
      answer.text(message.text);
      for (const file of message.files ?? []) answer.file(file);
      for (const citation of message.citations ?? []) answer.cite(citation);
      for (const call of message.calls ?? []) answer.call(call.id, call.name, call.arguments, false);
    } else {
      answer.finish({ call_id: message.call_id, result: message.text, is_error: message.is_error });
      for (const file of message.files ?? []) answer.file(file);
    }
  }
  if (messages.at(-1)?.role === 'user') answer.note('There is no answer.');
  answer?.end();
}

function dots() {
  const all = element('span', { class: 'dots', 'aria-hidden': 'true' });
  all.append(element('i'), element('i'), element('i'));
  return all;
}
