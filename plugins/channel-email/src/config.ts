import { language, secret } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';
import { addressesOf } from './addresses.js';
import { parseSmarthost, type Smarthost } from './smarthost.js';

const addresses = (): z.ZodString =>
  z.string().refine((text) => addressesOf(text) !== undefined, 'must be e-mail addresses, separated by commas');

/** What the program writes into every mail itself. */
const ownHeaders =
  /^(from|to|cc|bcc|sender|subject|date|message-id|in-reply-to|references|mime-version|content-.*|auto-submitted|x-idempotency-key)$/i;

const headers = z
  .record(z.string(), z.string().regex(/^[^\p{Cc}]*$/u, 'must be one line'))
  .superRefine((entries, context) => {
    for (const name of Object.keys(entries)) {
      const fault = ownHeaders.test(name)
        ? `${name} is written by Tapewatch itself.`
        : /^[\w-]+$/.test(name)
          ? undefined
          : 'A header is named by letters, digits and dashes.';
      if (fault !== undefined) context.addIssue({ code: 'custom', path: [name], message: fault });
    }
  });

const tlsConfig = z.strictObject({
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('Certificates (PEM) to trust in place of the well-known ones; ${file:PATH} reads them'),
  server_name: z
    .string()
    .min(1)
    .optional()
    .describe("Name that the server's certificate has to bear, when it is not smarthost"),
  insecure_skip_verify: z
    .boolean()
    .default(false)
    .describe('Take any certificate; the connection can then be read by others'),
});

/** Alertmanager's names (email_config), so that what is written for it works here. */
export const emailConfig = z
  .strictObject({
    to: addresses().describe('To whom: addresses, separated by commas'),
    from: addresses().describe('From whom: one address'),
    smarthost: z
      .string()
      .transform((text, context): Smarthost => {
        const parsed = parseSmarthost(text);
        if (parsed !== undefined) return parsed;
        context.addIssue({ code: 'custom', message: 'must be host:port, such as smtp.example.com:587' });
        return z.NEVER;
      })
      .describe('The mail server, host:port; 465 speaks TLS from the start'),
    hello: z
      .string()
      .regex(/^[\w.:[\]-]+$/, 'must be a host name')
      .default('localhost')
      .describe('Name to greet the server with'),
    auth_username: z.string().min(1).optional().describe('User at the mail server'),
    auth_password: secret().optional().describe('Password of the user; kept secret'),
    require_tls: z.boolean().default(true).describe('Send nothing to a server that does not offer STARTTLS'),
    tls_config: tlsConfig.prefault({}).describe('How the TLS connection is made'),
    headers: headers.default({}).describe('Further headers, such as Reply-To'),
    html: z.boolean().default(true).describe('Send a formatted part beside the plain text'),
    language: language().describe("en or ko; the program's own when left out"),
  })
  .superRefine((config, context) => {
    const fault = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if ((addressesOf(config.from) ?? []).length > 1) fault('from', 'One address is wanted.');
    if (config.auth_username !== undefined && config.auth_password === undefined)
      fault('auth_password', 'A user needs a password.');
    if (config.auth_username === undefined && config.auth_password !== undefined)
      fault('auth_username', 'A password needs a user.');
  });

export type EmailConfig = z.output<typeof emailConfig>;
