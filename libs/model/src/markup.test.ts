import { describe, expect, it } from 'vitest';
import { Markup, markup } from './markup.js';

describe('markup', () => {
  it('escapes what is put in, in text and in attributes', () => {
    expect(markup`<a title="${`"'`}">${'<b> & co'}</a>${1}`.text).toBe(
      '<a title="&quot;&#39;">&lt;b&gt; &amp; co</a>1',
    );
  });

  it('takes markup as it is, also piece by piece', () => {
    const items = ['<1>', '<2>'].map((text) => markup`<li>${text}</li>`);
    expect(markup`<ul>${items}</ul>${new Markup('<br>')}`.text).toBe(
      '<ul><li>&lt;1&gt;</li><li>&lt;2&gt;</li></ul><br>',
    );
  });
});
