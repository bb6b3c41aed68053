import type { Statement } from '../ast.js';
import { execute } from '../evaluator.js';
import { parseText } from '../parser.js';
import { messageValue, type MessageData } from './data.js';
import { defaultDefinitions } from './default-templates.js';
import { messageFunction, messageRefusal } from './functions.js';

/** A template for messages. */
export interface MessageTemplate {
  /** Throws a TemplateError when it fails on this data. `escape` is done to every value that does not say it is markup. */
  expand(data: MessageData, at: number, escape?: (text: string) => string): string;
}

/** Templates that are defined in files, for messages to use; Alertmanager's own are among them. */
export class MessageTemplates {
  readonly #definitions: Map<string, readonly Statement[]>;

  constructor() {
    this.#definitions = new Map(definitionsIn(defaultDefinitions, 'default.tmpl'));
  }

  /** Takes what a file defines; a later definition of a name wins. Throws a TemplateError. */
  define(text: string, file: string): void {
    for (const [name, statements] of definitionsIn(text, file)) this.#definitions.set(name, statements);
  }

  /** Throws a TemplateError with line and column. */
  parse(text: string): MessageTemplate {
    const { statements, definitions } = parsed(text, '');
    const all = new Map([...this.#definitions, ...definitions]);
    return {
      expand: (data, at, escape) =>
        execute({
          name: '',
          text,
          template: { statements, definitions: all },
          data: messageValue(data),
          variables: {},
          surroundings: { externalUrl: data.externalUrl, at },
          functions: messageFunction,
          ...(escape === undefined ? {} : { escape }),
        }),
    };
  }
}

function definitionsIn(text: string, name: string): ReadonlyMap<string, readonly Statement[]> {
  return parsed(text, name).definitions;
}

function parsed(text: string, name: string) {
  return parseText(text, { name, variables: ['$'], refusal: messageRefusal });
}
