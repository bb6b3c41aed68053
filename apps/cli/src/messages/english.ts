import type { Messages } from './messages.js';

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

export const english: Messages = {
  help: {
    description: 'Watches crypto-trading systems: measures, judges, tells, answers.',
    start: 'Watch what the configuration says: --config, else ./tapewatch.yaml, else the demo.',
    config: 'configuration file',
    url: 'address of a server elsewhere, http(s)://HOST:PORT (TAPEWATCH_URL)',
    token: 'token for it (TAPEWATCH_TOKEN)',
    demo: 'start the exchange simulator, too, and watch it unless --config says otherwise',
    checkConfig: 'Check a configuration file: prints OK, or every problem with its place.',
    checkConfigFile: 'the file to check',
    version: 'print the version',
    help: 'print this text',
    helpCommand: 'print the text of a command',
    titles: { 'Usage:': 'Usage:', 'Options:': 'Options:', 'Commands:': 'Commands:', 'Arguments:': 'Arguments:' },
  },
  progress: {
    reading: (file) => `Reading ${file}`,
    simulator: 'Starting the exchange simulator',
    opening: (dataDir) => `Opening ${dataDir}`,
    listening: 'Opening the server',
    measuring: 'Beginning to measure',
  },
  screen: {
    title: (version) => `Tapewatch ${version} is running`,
    watching: 'Watching',
    symbols: (exchange, count) => `${exchange} (${counted(count, 'symbol')})`,
    more: (count) => `and ${count} more`,
    nothing: 'no exchange; add one under exchanges in the configuration',
    host: 'this machine and this process, every second',
    checks: (names) => `health checks: ${names}`,
    rules: (count, receivers) => `${counted(count, 'alert rule')}, told to: ${receivers}`,
    open: 'Open',
    signIn: 'Sign in',
    once: '(works once)',
    tokenFromEnvironment: 'with the token of TAPEWATCH_ADMIN_TOKEN',
    data: 'Data',
    otlp: 'OTLP',
    otlpUnset: 'not set; set OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 to ship',
    stop: 'Stop',
    stopHow: 'Ctrl-C',
    demo: 'Demo: about 20 s after the start the ticker feed stalls for 20 s. Watch for ExchangeFeedStale below.',
  },
  stopping: {
    begun: 'Stopping; this takes a few seconds at most.',
    again: 'Still stopping. Ctrl-C once more ends it at once; what was not written yet is lost.',
    forced: 'Ended by force.',
    overdue: 'Stopping took too long; ended by force.',
    done: 'Stopped.',
  },
  checkConfig: {
    ok: (file) => `OK: ${file}`,
    summary: ({ exchanges, symbols, checks, rules, receivers }) =>
      [
        `${counted(exchanges, 'exchange')} (${counted(symbols, 'symbol')})`,
        counted(checks, 'check'),
        counted(rules, 'rule'),
        counted(receivers, 'receiver'),
      ].join(', '),
  },
  problems: (count) => `${counted(count, 'problem')} in the configuration.`,
  crashed: 'Tapewatch met an unexpected failure:',
};
