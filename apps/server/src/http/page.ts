import { markup, Markup } from '@tapewatch/model';
import { createHash } from 'node:crypto';

const style = `
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #c62828; --so-so: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --bad: #ff7b72; --so-so: #d4a72c; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } code, input { font-family: ui-monospace, monospace; } p.note { opacity: .75; }
input, button { font-size: 1rem; padding: .4rem .8rem; } input { width: 24rem; max-width: 100%; box-sizing: border-box; }
.good { color: var(--good); } .bad { color: var(--bad); } .so-so { color: var(--so-so); }
`;

// Written apart from the page, since the policy's hash holds for exactly this text, spaces included.
const styleElement = new Markup(`<style>${style}</style>`);

/** What a Content-Security-Policy names to let the pages' one style sheet through. */
export const pageStyleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** A whole page, readable without scripts, in the colours the browser prefers. */
export function page(title: string, body: Markup): string {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
