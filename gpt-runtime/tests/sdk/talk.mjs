// Talks to a GPT with OpenAI's library for Node and prints what it heard as JSON.
// `OPENAI_MODULES` is the folder in which `npm install openai` ran.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.env.OPENAI_MODULES}/`);
const { default: OpenAI } = await import(pathToFileURL(require.resolve('openai')));

const [baseURL, apiKey, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const question = [{ role: 'user', content: 'Will it rain in Oslo?' }];

async function refused(ask) {
  try {
    await ask();
  } catch (error) {
    return { class: error.constructor.name, status: error.status, code: error.code };
  }
  return null;
}

const all = async (stream) => {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
};

const heard = {};
heard.models = (await all(client.models.list())).map((it) => it.id);
heard.model = (await client.models.retrieve(model)).id;

const plain = await client.chat.completions.create({ model, messages: question });
heard.chat = plain.choices[0].message.content;
heard.chat_finish = plain.choices[0].finish_reason;

const chunks = await all(
  await client.chat.completions.create({
    model,
    messages: question,
    stream: true,
    stream_options: { include_usage: true },
  }),
);
heard.chat_chunks = chunks.map((it) => it.choices[0]?.delta.content ?? '').join('');
heard.chat_usage = chunks.at(-1).usage?.total_tokens;

const final = await client.chat.completions
  .stream({ model, messages: question })
  .finalChatCompletion();
heard.chat_stream = final.choices[0].message.content;
heard.chat_stream_finish = final.choices[0].finish_reason;

const allowed = await client.chat.completions.create({
  model,
  messages: [
    ...question,
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: 'Report it.' },
  ],
  metadata: { decision: 'allow' },
});
heard.allowed = allowed.choices[0].message.content;

const first = await client.responses.create({ model, input: 'Will it rain in Oslo?' });
heard.response = first.output_text;
heard.response_status = first.status;

const events = await all(
  await client.responses.create({
    model,
    input: 'And tomorrow?',
    previous_response_id: first.id,
    stream: true,
  }),
);
heard.response_events = events
  .map((it) => it.type)
  .filter((kind, at, kinds) => kinds[at - 1] !== kind);
const second = events.at(-1).response;
heard.response_usage = second.usage?.total_tokens;
// Only what is asked for whole has `output_text` in this library.
heard.response_streamed = second.output[0].content[0].text;
heard.goes_on = second.previous_response_id === first.id;

const third = await client.responses
  .stream({ model, input: 'And then?', previous_response_id: second.id })
  .finalResponse();
heard.response_stream = third.output_text;

heard.unknown_model = await refused(() =>
  client.chat.completions.create({ model: 'gpt-5', messages: question }),
);
const tool = { type: 'function', function: { name: 'a', parameters: {} } };
heard.own_tools = await refused(() =>
  client.chat.completions.create({ model, messages: question, tools: [tool] }),
);
heard.unknown_response = await refused(() =>
  client.responses.create({ model, input: '?', previous_response_id: 'resp_1' }),
);
const stranger = new OpenAI({ baseURL, apiKey: 'wrong', maxRetries: 0 });
heard.stranger = await refused(() => stranger.responses.create({ model, input: '?' }));
console.log(JSON.stringify(heard));
