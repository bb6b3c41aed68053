import { adminToken, type Program } from '../../support/program.js';

/** What a silence is about: one label. */
export interface SilencedLabel {
  readonly name: string;
  readonly isRegex: boolean;
  readonly value: string;
}

/** A silence as somebody wants it. Times are milliseconds since the epoch. */
export interface WantedSilence {
  readonly matcher: SilencedLabel;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly comment: string;
}

/** A silence as the server has it. */
export interface SilenceRecord extends WantedSilence {
  readonly id: string;
  readonly state: 'pending' | 'active' | 'expired';
}

/** One of the two ways to silences. `set` and `expire` resolve once the server has confirmed it, and reject else. */
export interface SilenceApi {
  /** Resolves with the silence's id. */
  set(program: Program, wanted: WantedSilence, id?: string): Promise<string>;
  expire(program: Program, id: string): Promise<void>;
  all(program: Program): Promise<readonly SilenceRecord[]>;
}

export const overGraphql: SilenceApi = {
  async set(program, { matcher: { name, isRegex, value }, startsAt, endsAt, comment }, id) {
    const input = {
      matchers: [`${name}${isRegex ? '=~' : '='}${JSON.stringify(value)}`],
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(endsAt).toISOString(),
      comment,
    };
    const { silence } = await program.graphql<{ silence: { id?: string; message?: string } }>(
      id === undefined
        ? `mutation ($input: SilenceInput!) { silence: createSilence(input: $input) { ... on Silence { id } ... on Problem { message } } }`
        : `mutation ($input: SilenceInput!, $id: ID!) { silence: updateSilence(id: $id, input: $input) { ... on Silence { id } ... on Problem { message } } }`,
      { input, id },
    );
    if (silence.id === undefined) throw new Error(silence.message);
    return silence.id;
  },

  async expire(program, id) {
    const { expireSilence } = await program.graphql<{ expireSilence: { __typename: string } }>(
      'mutation ($id: ID!) { expireSilence(id: $id) { __typename } }',
      { id },
    );
    if (expireSilence.__typename !== 'Silence') throw new Error(expireSilence.__typename);
  },

  async all(program) {
    const { silences } = await program.graphql<{
      silences: {
        id: string;
        matchers: string[];
        startsAt: string;
        endsAt: string;
        comment: string;
        state: string;
      }[];
    }>('{ silences { id matchers startsAt endsAt comment state } }');
    return silences.map(({ matchers: [matcher], startsAt, endsAt, state, ...rest }) => ({
      ...rest,
      matcher: labelOf(matcher ?? ''),
      startsAt: Date.parse(startsAt),
      endsAt: Date.parse(endsAt),
      state: state.toLowerCase() as SilenceRecord['state'],
    }));
  },
};

export const overAlertmanagerApi: SilenceApi = {
  async set(program, { matcher, startsAt, endsAt, comment }, id) {
    const { silenceID } = (await ask(program, 'POST', 'silences', {
      ...(id === undefined ? {} : { id }),
      matchers: [{ ...matcher, isEqual: true }],
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(endsAt).toISOString(),
      createdBy: 'silencer',
      comment,
    })) as { silenceID: string };
    return silenceID;
  },

  async expire(program, id) {
    await ask(program, 'DELETE', `silence/${id}`);
  },

  async all(program) {
    const silences = (await ask(program, 'GET', 'silences')) as {
      id: string;
      matchers: SilencedLabel[];
      startsAt: string;
      endsAt: string;
      comment: string;
      status: { state: SilenceRecord['state'] };
    }[];
    return silences.map(({ id, matchers: [matcher], startsAt, endsAt, comment, status: { state } }) => ({
      id,
      matcher: { name: matcher?.name ?? '', isRegex: matcher?.isRegex ?? false, value: matcher?.value ?? '' },
      startsAt: Date.parse(startsAt),
      endsAt: Date.parse(endsAt),
      comment,
      state,
    }));
  },
};

async function ask(program: Program, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${program.url}/api/v2/${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function labelOf(matcher: string): SilencedLabel {
  const [, name, operator, value] = /^(\w+)(=~|=)(".*")$/.exec(matcher) ?? [];
  return { name: name ?? '', isRegex: operator === '=~', value: JSON.parse(value ?? '""') as string };
}
