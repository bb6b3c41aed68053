import { messageOf } from '@tapewatch/model';
import { maxFileBytes } from './disk-source.js';

/** What `${env:...}` and `${file:...}` are read from. */
export interface SubstitutionSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves relative paths itself. */
  readFile(path: string): Promise<string>;
}

export interface Substitution {
  readonly text: string;
  /** A reference was resolved, or should have been. */
  readonly substituted: boolean;
  readonly faults: readonly SubstitutionFault[];
}

export interface SubstitutionFault {
  readonly message: string;
  readonly allowed?: string;
  readonly hint?: string;
}

const reference = /\$\$\{|\$\{([^}]*)(\}|$)/g;
const envName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const forms = '${env:NAME}, ${file:PATH}, or $${ for a literal ${';

/** Replaces `${env:NAME}` and `${file:PATH}`, once: what they stand for is not looked at again. `$${` gives `${`. */
export async function substitute(text: string, source: SubstitutionSource): Promise<Substitution> {
  const faults: SubstitutionFault[] = [];
  let result = '';
  let end = 0;
  let substituted = false;
  for (const match of text.matchAll(reference)) {
    result += text.slice(end, match.index);
    end = match.index + match[0].length;
    if (match[0] === '$${') {
      result += '${';
      continue;
    }
    substituted = true;
    const resolved = await resolve(match[1] ?? '', match[2] === '}', source);
    if (typeof resolved === 'string') result += resolved;
    else faults.push(resolved);
  }
  return { text: result + text.slice(end), substituted, faults };
}

async function resolve(body: string, closed: boolean, source: SubstitutionSource): Promise<string | SubstitutionFault> {
  if (!closed) return { message: 'A reference lacks its closing brace.', allowed: forms };
  const colon = body.indexOf(':');
  const kind = body.slice(0, Math.max(0, colon));
  const name = body.slice(colon + 1);
  if (kind === 'env' && envName.test(name)) return fromEnvironment(name, source);
  if (kind === 'file' && name !== '') return fromFile(name, source);
  return { message: 'A reference of no known kind.', allowed: forms };
}

function fromEnvironment(name: string, source: SubstitutionSource): string | SubstitutionFault {
  return (
    source.env[name] ?? {
      message: `The environment variable ${name} is not set.`,
      hint: `Set it, for example: export ${name}=...`,
    }
  );
}

async function fromFile(path: string, source: SubstitutionSource): Promise<string | SubstitutionFault> {
  try {
    const text = await source.readFile(path);
    if (text.length > maxFileBytes) {
      return { message: `The file ${path} is too large.`, allowed: `at most ${maxFileBytes} bytes` };
    }
    return text.replace(/\r?\n$/, '');
  } catch (error) {
    return {
      message: `The file ${path} cannot be read: ${messageOf(error)}.`,
      hint: 'A relative path starts at the folder of the configuration file.',
    };
  }
}
