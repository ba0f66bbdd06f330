// The directory of GPTs: shows what matches while someone types. Without it the form does the same.

const form = document.getElementById('search');
let asked;

async function search() {
  asked?.abort();
  asked = new AbortController();
  const fields = new URLSearchParams(new FormData(form));
  if (!fields.get('q')) fields.delete('q');
  const address = fields.size > 0 ? `./?${fields}` : './';
  try {
    const response = await fetch(address, { signal: asked.signal });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    document.getElementById('found').replaceWith(page.getElementById('found'));
    history.replaceState(null, '', address);
  } catch (error) {
    // Someone typed on, or the server is gone; the button still leads there and says so.
    if (error.name !== 'AbortError') asked = undefined;
  }
}

form.elements.q.addEventListener('input', search);
