// Speaks to the server that served this page.

/** What the server said instead of an answer. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function request(path, body, options = {}) {
  const init = { ...options, headers: { accept: 'application/json', ...options.headers } };
  if (body !== undefined) {
    init.method = 'POST';
    init.headers['content-type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, 'The server cannot be reached.');
  }
  if (response.ok) return response;
  let detail = `The server answered with status ${response.status}.`;
  try {
    detail = (await response.json()).detail ?? detail;
  } catch {
    // A proxy's own error page is no JSON; the status has to do.
  }
  throw new Problem(response.status, detail);
}

const conversation = (id) => `api/conversations/${encodeURIComponent(id)}`;

export const about = async () => (await request('api/gpt')).json();

export const start = async () => (await (await request('api/conversations', {})).json()).id;

export const messages = async (id) => (await (await request(conversation(id))).json()).messages;

export const decide = (id, callId, decision) =>
  request(`${conversation(id)}/calls/${encodeURIComponent(callId)}`, { decision });

export const cancel = (id) => request(`${conversation(id)}/cancel`, {});

/** Says something and yields the events of the answer; the last is `finished` or `failed`. */
export async function* say(id, text, signal) {
  const options = { signal, headers: { accept: 'text/event-stream' } };
  const response = await request(`${conversation(id)}/messages`, { text }, options);
  for await (const data of eventData(response.body)) {
    const event = JSON.parse(data);
    yield event;
    if (event.type === 'finished' || event.type === 'failed') return;
  }
  throw new Problem(0, 'The connection was lost before the answer was complete.');
}

/** The data of each event of a `text/event-stream`. */
async function* eventData(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let rest = '';
    let data = [];
    for (;;) {
      let piece;
      try {
        piece = await reader.read();
      } catch (error) {
        if (error.name === 'AbortError') throw error;
        return;
      }
      if (piece.done) return;
      const lines = (rest + piece.value).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (line.startsWith('data:')) {
          data.push(line.slice(5).replace(/^ /, ''));
        } else if (line === '' && data.length > 0) {
          yield data.join('\n');
          data = [];
        }
      }
    }
  } finally {
    // Whoever stops listening ends the connection, and with it the turn.
    reader.cancel().catch(() => {});
  }
}
