import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { isLoopback } from '@tapewatch/config';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Clock } from '@tapewatch/model';
import { delay, messageOf, StartError } from '@tapewatch/model';
import { storedAdminToken } from './access/admin-token.js';
import { Certificate } from './access/certificate.js';
import type { AccessParts } from './access/create-access.js';
import { createAccess } from './access/create-access.js';
import { createGate } from './access/gate.js';
import { newSecretToken } from './access/secret-token.js';
import { removeServerFile, writeServerFile } from './access/server-file.js';
import { createBodyErrors } from './http/body-errors.js';
import { createGraphiQL } from './http/graphiql.js';
import { JsonErrorFilter } from './http/json-error.filter.js';
import { createRequestMetrics } from './http/request-metrics.js';
import { createSecurityHeaders } from './http/security-headers.js';
import { NestLogger } from './nest-logger.js';
import { createOtlpReceiver } from './otlp-in/otlp-receiver.js';
import type { ServerOptions, TapewatchServer } from './server.js';
import { ServerModule } from './server.module.js';
import type { SubscriptionSockets } from './subscriptions/websocket-server.js';
import { attachWebSockets } from './subscriptions/websocket-server.js';

/** How long open requests and sockets may take to end by themselves when the server closes. */
const graceMs = 1500;
const shortTokenLength = 16;
/** How long a client may take to send a request: nobody holds a connection by sending it a byte at a time. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

/**
 * Starts to serve `pipeline`. Throws StartError: LISTEN_IN_USE or LISTEN_FAILED when the address cannot be had,
 * TLS_INVALID when certificate and key cannot be used, DATA_UNREADABLE when the admin token or the server's address cannot be kept in the data folder. Installs no signal handler.
 */
export async function createServer(options: ServerOptions): Promise<TapewatchServer> {
  const { clock, logger, externalUrl } = options;
  const givenToken = options.adminToken === '' ? undefined : options.adminToken;
  if (givenToken !== undefined && givenToken.length < shortTokenLength) {
    logger.warn({}, `TAPEWATCH_ADMIN_TOKEN is short; take ${shortTokenLength} characters or more, at random`);
  }
  const adminToken = givenToken ?? (await storedAdminToken(options.dataDir, logger));
  const localToken = newSecretToken();
  let url = '';
  const access = await createAccess({
    ...{ pipeline: options.pipeline, adminToken, localToken, clock },
    listening: { ...options, proxiesOnly: isProxiesOnly(options) },
    url: () => url,
  });

  const certificate = options.tls === undefined ? undefined : await Certificate.read(options.tls);
  const app = await createApp(options, access, certificate);
  const httpServer = await listen(app, options.listen);
  const stopRenewal = certificate?.renewOn(httpServer as unknown as TlsServer, clock, logger);
  const { port } = httpServer.address() as AddressInfo;
  const nearUrl = localUrl(options.listen.host, port, certificate !== undefined);
  url = withoutEndSlash(externalUrl ?? nearUrl);
  const sockets = attachWebSockets({
    httpServer,
    schema: app.get(GraphQLSchemaHost).schema,
    ...{ access, clock, logger },
    onAccessEnd: (listener) => options.pipeline.access.onEnd(listener),
  });
  const shut = (): Promise<void> => {
    stopRenewal?.();
    return close(app, httpServer, sockets, clock);
  };
  const startedAt = new Date(clock.now()).toISOString();
  try {
    await writeServerFile(options.dataDir, {
      ...{ url: nearUrl, pid: process.pid, startedAt, token: localToken },
      ...(options.tls === undefined ? {} : { certificate: options.tls.cert }),
    });
  } catch (error) {
    await shut();
    throw error;
  }

  let closing: Promise<void> | undefined;
  return {
    url,
    port,
    ...(givenToken === undefined
      ? { signInLink: access.signInUrl(access.signIn.issueOneTimeToken(access.credentials.admin)) }
      : {}),
    close: () => (closing ??= Promise.all([removeServerFile(options.dataDir), shut()]).then(() => undefined)),
  };
}

async function createApp(
  options: ServerOptions,
  access: AccessParts,
  certificate: Certificate | undefined,
): Promise<NestExpressApplication> {
  const { pipeline, clock, logger } = options;
  const app = await NestFactory.create<NestExpressApplication>(ServerModule.create(options, access), {
    ...(certificate === undefined ? {} : { httpsOptions: certificate.options }),
    logger: new NestLogger(logger),
    abortOnError: false,
    bodyParser: false,
  });
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(createSecurityHeaders((request) => access.origins.isSecure(request)));
  app.use(createRequestMetrics(pipeline.meter, clock));
  // Ahead of the parsers: the body of a stranger is not even read.
  app.use(createGate(access));
  app.use(createOtlpReceiver(pipeline, logger));
  app.use(createGraphiQL());
  app.useBodyParser('json', { limit: '256kb' });
  app.useBodyParser('urlencoded', { limit: '256kb', extended: false });
  app.use(createBodyErrors(logger));
  app.useGlobalFilters(new JsonErrorFilter(logger));
  return app;
}

async function listen(app: NestExpressApplication, address: ServerOptions['listen']): Promise<Server> {
  const { host, port } = address;
  await app.init();
  const httpServer: Server = app.getHttpServer();
  httpServer.headersTimeout = headersTimeoutMs;
  httpServer.requestTimeout = requestTimeoutMs;
  try {
    await new Promise<void>((resolve, reject) => {
      httpServer.once('error', reject);
      httpServer.listen(port, host, () => {
        httpServer.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    await app.close();
    throw listenError(error, `${host.includes(':') ? `[${host}]` : host}:${port}`);
  }
  return httpServer;
}

function listenError(error: unknown, address: string): StartError {
  const choose = 'set server.listen in the configuration, or TAPEWATCH_LISTEN, to another address';
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    const message = `${address} is in use, perhaps by another Tapewatch: stop the other program, or ${choose}`;
    return new StartError('LISTEN_IN_USE', message, { cause: error });
  }
  return new StartError('LISTEN_FAILED', `${address} cannot be listened on (${messageOf(error)}): ${choose}`, {
    cause: error,
  });
}

/** Between the proxy and this server tokens travel in plain text; from elsewhere they need not. */
function isProxiesOnly({ listen: { host }, tls, trustedProxies = [], allowPlaintext }: ServerOptions): boolean {
  return !isLoopback(host) && tls === undefined && allowPlaintext !== true && trustedProxies.length > 0;
}

/** Where a browser on this machine reaches it. */
function localUrl(host: string, port: number, secure: boolean): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${secure ? 'https' : 'http'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function withoutEndSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

async function close(
  app: NestExpressApplication,
  httpServer: Server,
  sockets: SubscriptionSockets,
  clock: Clock,
): Promise<void> {
  const socketsGone = sockets.close();
  const ended = new AbortController();
  const cut = delay(clock, graceMs, ended.signal).then(() => {
    sockets.terminate();
    httpServer.closeAllConnections();
  });
  // Stops Apollo, which waits for the connections to end.
  await Promise.all([app.close(), socketsGone]);
  ended.abort();
  await cut;
}
