export { TemplateError } from './template-error.js';
export { parseTemplate } from './template.js';
export type { Template, TemplateData } from './template.js';
