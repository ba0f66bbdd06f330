// Files that go with the next message: chosen, dropped or pasted, and sent ahead.

import { announce, element, icon, iconButton, size } from './dom.js';

export class Attachments {
  /** `upload(file, progress, signal)` sends a file ahead; `changed()` hears of every change. */
  constructor(list, upload, changed) {
    this.list = list;
    this.upload = upload;
    this.changed = changed;
    this.all = new Set();
  }

  get isEmpty() {
    return this.all.size === 0;
  }

  /** Whether all of them have arrived. */
  get isReady() {
    return [...this.all].every((each) => each.file);
  }

  add(files) {
    for (const file of files) this.send(file);
  }

  async send(file) {
    const sending = new AbortController();
    const name = file.name || 'file';
    const progress = element('progress', { max: 1, value: 0, 'aria-label': `Sending ${name}` });
    const state = element('span', { class: 'file-size' }, size(file.size));
    const each = { sending };
    const remove = iconButton('close', `Remove ${name}`, () => this.remove(each));
    each.node = element(
      'li',
      { class: 'file' },
      icon('file'),
      element('span', { class: 'file-name' }, name),
      state,
      progress,
      remove
    );
    this.all.add(each);
    this.list.append(each.node);
    this.changed();
    try {
      each.file = await this.upload(file, (part) => { progress.value = part; }, sending.signal);
      progress.remove();
      announce(`${name} is attached`);
    } catch (error) {
      if (sending.signal.aborted) return;
      progress.remove();
      each.node.classList.add('failed');
      state.textContent = error.message;
      announce(`${name}: ${error.message}`);
      // It stays to be read, and goes with no message.
      this.all.delete(each);
    }
    this.changed();
  }

  remove(each) {
    each.sending.abort();
    each.node.remove();
    this.all.delete(each);
    this.changed();
  }

  /** The files that have arrived, which leave with a message. */
  take() {
    const files = [...this.all].map((each) => each.file);
    this.clear();
    return files;
  }

  clear() {
    for (const each of this.all) each.sending.abort();
    this.all.clear();
    this.list.replaceChildren();
    this.changed();
  }
}

/** Takes files from a button, from the clipboard and from whatever is dropped on the page. */
export function listen(attachments, { button, input, text, target }) {
  button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    attachments.add(input.files);
    input.value = '';
    text.focus();
  });
  text.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    attachments.add(files);
  });
  const holdsFiles = (event) => event.dataTransfer?.types.includes('Files');
  target.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    target.classList.add('dropping');
  });
  target.addEventListener('dragleave', (event) => {
    if (!target.contains(event.relatedTarget)) target.classList.remove('dropping');
  });
  target.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    target.classList.remove('dropping');
    attachments.add(event.dataTransfer.files);
    text.focus();
  });
}
