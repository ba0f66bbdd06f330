// The menu under the name, and what all dialogs have in common.

const $ = (id) => document.getElementById(id);

const menu = $('menu');
const button = $('menu-button');
const list = $('menu-items');

const items = () => [...list.querySelectorAll('[role=menuitem]:not([hidden])')];

function show(open, focus) {
  list.hidden = !open;
  button.setAttribute('aria-expanded', String(open));
  if (open) items().at(focus)?.focus();
}

/** Makes the menu and the dialogs work. */
export function begin() {
  button.addEventListener('click', () => show(list.hidden, 0));

  menu.addEventListener('keydown', (event) => {
    const open = !list.hidden;
    const at = items().indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 };
    if (event.key in moves && (open || event.key.startsWith('Arrow'))) {
      show(true, moves[event.key] % items().length);
    } else if (event.key === 'Escape' && open) {
      show(false);
      button.focus();
    } else {
      return;
    }
    event.preventDefault();
  });

  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(relatedTarget)) show(false);
  });

  document.addEventListener('click', ({ target }) => {
    if (!menu.contains(target) || target.closest('[role=menuitem]')) show(false);
  });

  for (const dialog of document.querySelectorAll('dialog.window')) {
    // The dialog itself is hit only where its inside is not.
    dialog.addEventListener('click', ({ target }) => {
      if (target === dialog) dialog.close();
    });
    dialog.addEventListener('close', () => {
      // Browsers give the focus back to what opened it: an item of a menu that is closed by now.
      const focused = document.activeElement ?? document.body;
      if (focused === document.body || dialog.contains(focused)) button.focus();
    });
  }
}
