export { TemplateError } from './template-error.js';
export { parseTemplate } from './template.js';
export type { Template, TemplateData } from './template.js';
export type { MessageAlert, MessageData } from './alertmanager/data.js';
export { MessageTemplates } from './alertmanager/message-template.js';
export type { MessageTemplate } from './alertmanager/message-template.js';
