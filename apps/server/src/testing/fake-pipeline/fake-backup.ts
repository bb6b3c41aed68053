import type { PipelineCommands } from '@tapewatch/pipeline';

/** An archive that is sent in two pieces. */
export class FakeBackup {
  /** When false, the state cannot be copied. */
  diskKeepsUp = true;
  readonly content = [Buffer.from('an archive '), Buffer.from('in two pieces')];
  discarded = 0;

  readonly commands = {
    backup: () => {
      const { content } = this;
      if (!this.diskKeepsUp) return Promise.reject(new Error('database or disk is full'));
      return Promise.resolve({
        manifest: { program: 'tapewatch', format: 1, version: '0', createdAt: '', files: [], rows: {}, migrations: [] },
        bytes: Buffer.concat(content).length,
        content: async function* () {
          yield* content;
        },
        discard: () => Promise.resolve(void this.discarded++),
      });
    },
  } satisfies Partial<PipelineCommands>;
}
