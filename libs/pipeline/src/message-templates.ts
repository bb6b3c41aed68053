import { readFile } from 'node:fs/promises';
import { formatPath, type ChannelConfig, type TapewatchConfig } from '@tapewatch/config';
import { MessageTemplates, TemplateError, type MessageTemplate } from '@tapewatch/go-template';
import { messageOf, type Problem } from '@tapewatch/model';
import type { Channel } from '@tapewatch/notify';

export interface LoadedTemplates {
  /** By the channel's name. */
  readonly byChannel: ReadonlyMap<string, NonNullable<Channel['template']>>;
  readonly problems: readonly Problem[];
}

/** Reads the files of templates, and parses the templates of every channel. */
export async function loadMessageTemplates(config: TapewatchConfig): Promise<LoadedTemplates> {
  const templates = new MessageTemplates();
  const problems: Problem[] = [];
  for (const file of config.templateFiles) {
    try {
      templates.define(await readFile(file, 'utf8'), file);
    } catch (thrown) {
      problems.push(problemOf(thrown, file));
    }
  }
  const channels = config.receivers.flatMap(({ channels }) => channels);
  const byChannel = new Map(
    channels.flatMap((channel) => {
      const { template } = channel;
      if (template === undefined) return [];
      const parse = (part: 'title' | 'text'): MessageTemplate | undefined => {
        const text = template[part];
        if (text === undefined) return undefined;
        try {
          return templates.parse(text);
        } catch (thrown) {
          problems.push(ofChannel(thrown, channel, part, config));
          return undefined;
        }
      };
      const [title, text] = [parse('title'), parse('text')];
      return [[channel.name, { ...(title === undefined ? {} : { title }), ...(text === undefined ? {} : { text }) }]];
    }),
  );
  return { byChannel, problems };
}

function problemOf(thrown: unknown, file: string): Problem {
  if (!(thrown instanceof TemplateError))
    return { code: 'CONFIG_NOT_FOUND', message: `This file of templates cannot be read: ${messageOf(thrown)}.`, file };
  const { reason, line, column } = thrown;
  return { code: 'CONFIG_INVALID_VALUE', message: `Not a template: ${reason}.`, file, line, column };
}

function ofChannel(thrown: unknown, channel: ChannelConfig, part: string, { locate }: TapewatchConfig): Problem {
  // In an imported file the template stands under a key of the channel's own.
  const path = channel.imported === true ? channel.path : [...channel.path, 'template', part];
  const { file, line, column } = locate(path);
  const reason =
    thrown instanceof TemplateError
      ? `${thrown.reason} (its line ${thrown.line}, column ${thrown.column})`
      : messageOf(thrown);
  const message = `The ${part} of its message is not a template: ${reason}.`;
  return { code: 'CONFIG_INVALID_VALUE', message, file, line, column, path: formatPath(path) };
}
