// Shows actions to LibreChat's own code, which makes functions of their schemas and sends the calls:
//
//     node librechat.cjs LIBRARY ACTION.json...
//
// LIBRARY is the folder of the package librechat-data-provider. What is sent to a server on loopback
// in place of the API is printed; what LibreChat finds wrong ends the process.

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');

const [library, ...files] = process.argv.slice(2);
const { openapiToFunction, validateActionDomain, validateAndParseOpenAPISpec } = require(library);

const SECRETS = {
  api_key: 'user:secret',
  oauth_client_id: 'client',
  oauth_client_secret: 'secret',
  oauth_access_token: 'token',
};

/** A value that a schema describes. */
function sample({ type, enum: words, items, properties }) {
  if (words) return words[0];
  switch (type) {
    case 'integer': return 7;
    case 'number': return 1.5;
    case 'boolean': return true;
    case 'array': return [sample(items ?? {}), sample(items ?? {})];
    case 'object':
      return Object.fromEntries(
        Object.entries(properties ?? {}).map(([name, schema]) => [name, sample(schema)])
      );
    default: return 'ä b/c';
  }
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { authorization, 'x-api-key': key, 'content-type': type } = request.headers;
  const headers = Object.entries({ authorization, 'x-api-key': key, 'content-type': type })
    .filter(([, value]) => value)
    .map(([name, value]) => `  ${name}: ${value}\n`);
  const body = chunks.length ? `  ${Buffer.concat(chunks)}\n` : '';
  process.stdout.write(`${request.method} ${request.url}\n${headers.join('')}${body}`);
  response.setHeader('content-type', 'application/json');
  response.end('{}');
});

server.listen(0, '127.0.0.1', async () => {
  for (const file of files) {
    const { metadata, functions } = JSON.parse(readFileSync(file, 'utf8'));
    const { status, message, spec, serverUrl } = validateAndParseOpenAPISpec(metadata.raw_spec);
    assert.ok(status, `${file}: ${message}`);
    const domain = validateActionDomain(metadata.domain, serverUrl);
    assert.ok(domain.isValid, `${file}: ${domain.message}`);

    const path = new URL(serverUrl).pathname.replace(/\/$/, '');
    const url = `http://127.0.0.1:${server.address().port}${path}`;
    const made = openapiToFunction({ ...spec, servers: [{ url }] }, true);
    const plain = (value) => JSON.parse(JSON.stringify(value));
    assert.deepEqual(functions, plain(made.functionSignatures.map((it) => it.toObjectTool())), file);

    for (const { name, parameters } of made.functionSignatures) {
      const values = sample(parameters);
      // Checked as LibreChat checks what the model wrote.
      const checked = made.zodSchemas[name]?.parse(values) ?? {};
      const executor = made.requestBuilders[name].setParams(checked);
      await executor.setAuth({ ...SECRETS, auth: metadata.auth });
      await executor.execute();
    }
  }
  server.close();
});
