import { cleanLine, rejected, resultOfStatus, retry, retryAfterMs, sent, type SendResult } from '@tapewatch/plugin-sdk';

/** Errors of the Web API that are Slack's own trouble and pass (docs.slack.dev, chat.postMessage, Errors). */
const passing = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
const tooFast = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

/** What to do about the commonest refusals. */
const remedies: Readonly<Record<string, string>> = {
  invalid_auth: 'check app_token',
  not_authed: 'check app_token',
  token_revoked: 'make a new token and set app_token',
  token_expired: 'make a new token and set app_token',
  account_inactive: 'the bot or its workspace was removed',
  missing_scope: 'give the bot the right chat:write',
  channel_not_found: 'check channel; a private one must have the bot as a member',
  not_in_channel: 'invite the bot to the channel',
  channel_is_archived: 'the channel is archived: set another one',
  is_archived: 'the channel is archived: set another one',
  no_service: 'the webhook was removed: make a new one and set api_url',
  invalid_token: 'the webhook is not valid: check api_url',
  no_team: 'the workspace is gone: check api_url',
  action_prohibited: 'an administrator of the workspace forbids it',
  posting_to_general_channel_denied: 'only some may write there: set another channel',
};

/** Reads an answer of a webhook (a status and a word) or of the Web API (200 and `ok`). */
export function resultOfAnswer(status: number, headers: Headers, body: string | undefined, nowMs: number): SendResult {
  const answer = body === undefined ? {} : parse(body);
  const word = answer.error ?? (status === 200 ? undefined : wordOf(body));
  const reason = reasonOf(status, word);
  if (status === 200) {
    // A webhook says `ok` as text. What cannot be read at all was taken, as far as the status goes.
    if (answer.ok !== false) return sent();
    if (tooFast.has(word ?? '')) return retry(reason, retryAfterMs(headers.get('retry-after'), nowMs));
    return passing.has(word ?? '') ? retry(reason) : rejected(reason);
  }
  const plain = resultOfStatus(status, headers, nowMs);
  return plain.outcome === 'retry' ? retry(reason, plain.afterMs) : rejected(reason);
}

function parse(body: string): { readonly ok?: unknown; readonly error?: string } {
  try {
    const { ok, error } = (JSON.parse(body) ?? {}) as { ok?: unknown; error?: unknown };
    const word = typeof error === 'string' ? wordOf(error) : undefined;
    return { ok, ...(word === undefined ? {} : { error: word }) };
  } catch {
    return {};
  }
}

/** Slack's errors are words; a page of a proxy in between is none. */
function wordOf(text: string | undefined): string | undefined {
  const line = cleanLine(text ?? '');
  return /^[\w .:-]{1,80}$/.test(line) ? line : undefined;
}

function reasonOf(status: number, word: string | undefined): string {
  if (word === undefined) return `Slack answered ${status}`;
  const remedy = remedies[word];
  return `Slack answered ${status === 200 ? '' : `${status} `}${word}${remedy === undefined ? '' : ` (${remedy})`}`;
}
