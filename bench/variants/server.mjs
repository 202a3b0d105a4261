import { context, serve } from '../harness/processes.mjs';

/** One variant in a process of its own: `server.mjs <variant>`. */
const { start } = await import(`./${process.argv[2]}.mjs`);
const variant = await start(context);
await variant.app.listen(0, '127.0.0.1');
const http = variant.app.getHttpServer();
// A variant waits for its turn longer than Node keeps an idle connection.
http.keepAliveTimeout = 0;
const { port } = http.address();
const headers = variant.headers ?? (await variant.signIn(`http://127.0.0.1:${port}`));

serve({
  usage: () => process.cpuUsage(),
  ...variant.handlers,
});
process.send({ port, headers });
