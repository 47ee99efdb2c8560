import { expect, test } from 'vitest';
import { html } from './markup';

test('what is put in is escaped, but for markup', () => {
  const name = '<b title="&">';
  expect(html`<i title="${name}">${html`<b>${7}</b>`}${[name, undefined]}</i>`.text).toBe(
    '<i title="&lt;b title=&quot;&amp;&quot;&gt;"><b>7</b>&lt;b title=&quot;&amp;&quot;&gt;</i>',
  );
});
