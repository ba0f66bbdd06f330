// A strict OpenID Connect provider on loopback, `oidc-provider` from npm.
//
// It prints its issuer, reads its configuration as one line of JSON, and prints `ready`.
// `OIDC_MODULES` is the folder in which `npm install oidc-provider` ran.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.env.OIDC_MODULES}/`);
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  console.log(issuer);
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const provider = new Provider(issuer, {
        ...JSON.parse(line),
        issueRefreshToken: async () => true,
        features: { revocation: { enabled: true }, introspection: { enabled: true } },
      });
      provider.on('server_error', (_, error) => console.error(error));
      server.on('request', provider.callback());
      console.log('ready');
    })
    // Whoever started it is gone.
    .on('close', () => process.exit());
});
