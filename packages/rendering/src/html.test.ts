import { expect, test } from 'vitest';
import { html, lines } from './html';

test('what is put in is escaped, but for markup', () => {
  const name = '<b title="&">';
  expect(html`<i title="${name}">${html`<b>${7}</b>`}${[name, undefined]}</i>`.text).toBe(
    '<i title="&lt;b title=&quot;&amp;&quot;&gt;"><b>7</b>&lt;b title=&quot;&amp;&quot;&gt;</i>',
  );
});

test('lines stand under each other, without those that are not there', () => {
  expect(lines([html`<i>`, undefined, '<']).text).toBe('<i>\n&lt;');
});
