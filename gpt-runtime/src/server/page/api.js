// Speaks to the server that served this page.

/** What the server said instead of an answer. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const UNREACHABLE = 'The server cannot be reached.';

/** The address of something beside this page, wherever the page is; of a path of the server's root
 *  what leads here may be left out. */
export function local(path) {
  const base = new URL('./', location.href);
  const beside = path.startsWith(base.pathname) ? path : path.replace(/^\//, '');
  return new URL(beside, base).href;
}

async function request(path, body, options = {}) {
  const init = { ...options, headers: { accept: 'application/json', ...options.headers } };
  if (body !== undefined) {
    init.method ??= 'POST';
    init.headers['content-type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(local(path), init);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, UNREACHABLE);
  }
  if (response.ok) return response;
  throw new Problem(response.status, detail(response.status, await response.text()));
}

/** What a problem says; a proxy's own error page is no JSON, and then the status has to do. */
function detail(status, text) {
  try {
    const said = JSON.parse(text).detail;
    if (said) return said;
  } catch {
    // Said below.
  }
  return `The server answered with status ${status}.`;
}

const json = async (...all) => (await request(...all)).json();

const conversation = (id) => `api/conversations/${encodeURIComponent(id)}`;

export const about = () => json('api/gpt');

export const start = async () => (await json('api/conversations', {})).id;

export const conversations = async () => (await json('api/conversations')).conversations;

export const messages = async (id) => (await json(conversation(id))).messages;

export const forget = (id) => request(conversation(id), {}, { method: 'DELETE' });

export const decide = (id, callId, decision) =>
  request(`${conversation(id)}/calls/${encodeURIComponent(callId)}`, { decision });

export const cancel = (id) => request(`${conversation(id)}/cancel`, {});

export const consents = async () => (await json('api/consents')).tools;

export const withdraw = (tool) =>
  request(`api/consents/${encodeURIComponent(tool)}`, {}, { method: 'DELETE' });

export const clients = async () => (await json('api/clients')).clients;

export const disconnect = ({ id }) =>
  request(`api/clients/${encodeURIComponent(id)}`, {}, { method: 'DELETE' });

export const signIns = async () => (await json('api/sign-ins')).sign_ins;

export const signOut = ({ api, scheme }) =>
  request(
    `api/sign-ins/${encodeURIComponent(api)}/${encodeURIComponent(scheme)}`,
    {},
    { method: 'DELETE' }
  );

export const configuration = () => json('api/configuration');

export const test = (tool, args) =>
  json(`api/operations/${encodeURIComponent(tool)}/test`, { arguments: args });

export const shareLink = async () => (await json('api/share')).url;

export const renewShareLink = async () => (await json('api/share', {})).url;

/** Where a file of a conversation is. */
export const file = (id, fileId) => local(`${conversation(id)}/files/${encodeURIComponent(fileId)}`);

/** Sends a file ahead of the message it goes with; `progress` hears which part has left. */
export function upload(id, content, progress, signal) {
  // `fetch` does not tell how much has left.
  const sending = new XMLHttpRequest();
  const name = encodeURIComponent(content.name || 'file');
  sending.open('POST', local(`${conversation(id)}/files?name=${name}`));
  sending.setRequestHeader('content-type', content.type || 'application/octet-stream');
  sending.setRequestHeader('accept', 'application/json');
  sending.upload.addEventListener('progress', ({ loaded, total }) => progress(loaded / total));
  signal.addEventListener('abort', () => sending.abort());
  return new Promise((done, fail) => {
    const failed = () => fail(new Problem(0, UNREACHABLE));
    sending.addEventListener('error', failed);
    sending.addEventListener('abort', failed);
    sending.addEventListener('load', () => {
      const { status, responseText } = sending;
      if (status === 201) done(JSON.parse(responseText));
      else fail(new Problem(status, detail(status, responseText)));
    });
    sending.send(content);
  });
}

/** Says something; the events of the answer, once the server has taken the message. */
export const say = (id, text, files, signal) =>
  answer(`${conversation(id)}/messages`, files.length > 0 ? { text, files } : { text }, signal);

/** Has what was said last answered again. */
export const retry = (id, signal) => answer(`${conversation(id)}/retry`, {}, signal);

async function answer(path, body, signal) {
  const options = { signal, headers: { accept: 'text/event-stream' } };
  const response = await request(path, body, options);
  return events(response.body);
}

/** The events of an answer; the last is `finished` or `failed`. */
async function* events(body) {
  for await (const data of eventData(body)) {
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
