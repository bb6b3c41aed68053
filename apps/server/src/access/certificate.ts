import { readFile } from 'node:fs/promises';
import type { Server as TlsServer } from 'node:tls';
import { createSecureContext } from 'node:tls';
import type { Clock, Logger, Timer } from '@tapewatch/model';
import { messageOf, StartError } from '@tapewatch/model';

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

const lookEveryMs = 60_000;

/** A certificate and its key, as they stand in their files. */
export class Certificate {
  readonly #files: CertificateFiles;
  #content: { readonly cert: string; readonly key: string };

  private constructor(files: CertificateFiles, content: { readonly cert: string; readonly key: string }) {
    this.#files = files;
    this.#content = content;
  }

  /** Throws StartError. */
  static async read(files: CertificateFiles): Promise<Certificate> {
    try {
      return new Certificate(files, await contentOf(files));
    } catch (error) {
      const message = `${files.cert} and ${files.key} cannot be used for TLS: ${messageOf(error)}. Correct server.tls in the configuration`;
      throw new StartError('TLS_INVALID', message, { cause: error });
    }
  }

  get options() {
    return { ...this.#content, minVersion: 'TLSv1.2' as const };
  }

  /** Takes up renewed files, for connections that come from then on. Files that are half written wait for the next look. Returns how to stop. */
  renewOn(server: Pick<TlsServer, 'setSecureContext'>, clock: Clock, logger: Logger): () => void {
    let timer: Timer | undefined;
    let stopped = false;
    const again = (): void => {
      if (!stopped) timer = clock.setTimeout(() => void look().finally(again), lookEveryMs);
    };
    const look = async (): Promise<void> => {
      try {
        const content = await contentOf(this.#files);
        if (content.cert === this.#content.cert && content.key === this.#content.key) return;
        this.#content = content;
        server.setSecureContext(this.options);
        logger.info({ file: this.#files.cert }, 'The renewed TLS certificate is in use');
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'The TLS files cannot be used; the certificate before stays in use');
      }
    };
    again();
    return () => {
      stopped = true;
      timer?.cancel();
    };
  }
}

async function contentOf({ cert, key }: CertificateFiles): Promise<{ readonly cert: string; readonly key: string }> {
  const [certText, keyText] = await Promise.all([readFile(cert, 'utf8'), readFile(key, 'utf8')]);
  createSecureContext({ cert: certText, key: keyText });
  return { cert: certText, key: keyText };
}
