import { accepted, refused, type Alert } from '@tapewatch/model';
import type { PipelineCommands, PipelineReader, SilenceView } from '@tapewatch/pipeline';
import { sampleSilence } from '../sample-data.js';

/** Silences in a list; they silence nothing. */
export class FakeSilences {
  list: readonly SilenceView[] = [sampleSilence()];
  readonly #told: unknown[];
  readonly #alerts: () => readonly Alert[];

  /** `told` takes the commands that were given; `alerts` are those that every silence would concern. */
  constructor(told: unknown[], alerts: () => readonly Alert[]) {
    this.#told = told;
    this.#alerts = alerts;
  }

  readonly read = {
    silences: (matchers = []) =>
      matchers.includes('{') ? refused('INVALID_INPUT', 'a label name was expected', 'matchers') : accepted(this.list),
    silence: (id) => this.#find(id),
    previewSilence: (matchers, since) => {
      this.#told.push({ what: 'preview', matchers, since });
      if (matchers.length === 0)
        return Promise.resolve(refused('INVALID_INPUT', 'at least one matcher is needed', 'input.matchers'));
      return Promise.resolve(accepted({ active: this.#alerts(), pastCount: 3, past: [] }));
    },
  } satisfies Partial<PipelineReader>;

  readonly commands = {
    setSilence: (wanted) => {
      this.#told.push({ what: 'silence', ...wanted });
      if (wanted.id !== undefined && this.#find(wanted.id) === undefined) return Promise.resolve(unknownSilence);
      return Promise.resolve(accepted(sampleSilence({ comment: wanted.comment })));
    },
    expireSilence: (id) => {
      this.#told.push({ what: 'expire', id });
      const silence = this.#find(id);
      return Promise.resolve(silence === undefined ? unknownSilence : accepted({ ...silence, state: 'expired' }));
    },
  } satisfies Partial<PipelineCommands>;

  #find(id: string): SilenceView | undefined {
    return this.list.find((silence) => silence.id === id);
  }
}

const unknownSilence = refused<SilenceView>('NOT_FOUND', 'No silence has this id', 'id');
