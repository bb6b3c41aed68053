import { StartError } from '@tapewatch/model';

export function notRunning(dataDir: string, cause?: unknown): StartError {
  const message = `No Tapewatch is running on ${dataDir}. Start it, or name the configuration it was started with (--config), or a server elsewhere (--url and --token)`;
  return new StartError('SERVER_NOT_RUNNING', message, { cause });
}
