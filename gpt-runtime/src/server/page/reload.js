// Loads the page anew when the program that served it was replaced; only where `cargo gpt dev` does
// so. What was being written stays.

const DRAFT = 'draft';
const text = document.getElementById('text');

const draft = sessionStorage.getItem(DRAFT);
if (draft) {
  sessionStorage.removeItem(DRAFT);
  text.value = draft;
  text.dispatchEvent(new Event('input'));
}

let wasOpen = false;

function listen() {
  const source = new EventSource('/reload');
  source.addEventListener('open', () => {
    if (wasOpen) {
      sessionStorage.setItem(DRAFT, text.value);
      location.reload();
    }
    wasOpen = true;
  });
  source.addEventListener('error', () => {
    // Some browsers give up where nothing listens for a moment.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 300);
  });
}

listen();
