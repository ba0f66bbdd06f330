// Makes nodes, and says things to people who listen instead of looking.

export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

const ICONS = {
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.500v2.500h-2.500',
  chat: 'M3 3.500h10v7H7L4 13v-2.500H3z',
  check: 'M3.500 8.500l3 3 6-7',
  close: 'M4 4l8 8M12 4l-8 8',
  code: 'M5.500 4.500L2 8l3.500 3.500M10.500 4.500L14 8l-3.500 3.500',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  download: 'M8 2.500v7.500M4.500 7L8 10.500 11.500 7M3 13.500h10',
  file: 'M4 2h5.500L12 4.500V14H4zM9.500 2v2.500H12',
  globe: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM2 8h12M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12',
  picture: 'M2.500 3h11v10h-11zM2.500 11l3.500-3.500 3 3 2-2 2.500 2.500M10.500 5.800v.1',
  trash: 'M3 4.500h10M6.500 4.500V3h3v1.500M4.500 4.500l.5 9h6l.5-9',
};

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  for (const [key, value] of [['viewBox', '0 0 16 16'], ['width', 16], ['height', 16]]) {
    svg.setAttribute(key, value);
  }
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that is an icon, with words for those who point at it or do not see it. */
export function iconButton(name, label, pressed, attributes = {}) {
  const all = { type: 'button', class: 'icon', 'aria-label': label, title: label, ...attributes };
  const node = element('button', all, icon(name));
  node.addEventListener('click', pressed);
  return node;
}

/** How long a button says that it has done what it is for, in milliseconds. */
const DONE = 2000;

/** A button that copies a text. */
export function copyButton(label, text) {
  const node = iconButton('copy', label, async () => {
    try {
      await copy(text());
    } catch (error) {
      announce(error.message);
      return;
    }
    node.replaceChildren(icon('check'));
    node.title = 'Copied';
    announce('Copied');
    setTimeout(() => {
      node.replaceChildren(icon('copy'));
      node.title = label;
    }, DONE);
  });
  return node;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // Without HTTPS there is no such clipboard; an older way remains.
  }
  const focused = document.activeElement;
  const area = element('textarea', { class: 'for-readers' });
  area.value = text;
  (focused?.closest('dialog') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  focused?.focus();
  if (!done) throw new Error('The browser does not let this page copy.');
}

/** Says something to people who do not see it. */
export function announce(text) {
  const place = document.getElementById('announcer');
  // The same words twice are two announcements.
  place.textContent = '';
  place.textContent = text;
}

/** Asks whether to do something that cannot be undone. */
export function ask(question, label) {
  // Each question has a dialog of its own: browsers tell of a dialog's end some time after it, when
  // the next question may stand there already.
  document.getElementById('ask')?.remove();
  const dialog = element('dialog', { id: 'ask', 'aria-labelledby': 'ask-question' });
  const yes = element('button', { value: 'yes', class: 'bad' }, label);
  const no = element('button', { value: 'no' }, 'Cancel');
  const buttons = element('form', { method: 'dialog', class: 'buttons' }, yes, no);
  dialog.append(element('p', { id: 'ask-question' }, question), buttons);
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
  return new Promise((done) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      done(dialog.returnValue === 'yes');
    });
  });
}

const UNITS = ['bytes', 'kB', 'MB', 'GB'];

/** A number of bytes as people write it. */
export function size(bytes) {
  let unit = 0;
  let number = bytes;
  while (number >= 1000 && unit < UNITS.length - 1) {
    number /= 1000;
    unit += 1;
  }
  return `${unit === 0 || number >= 10 ? Math.round(number) : number.toFixed(1)} ${UNITS[unit]}`;
}
