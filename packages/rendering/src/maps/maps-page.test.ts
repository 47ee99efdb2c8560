/** The page of maps: whole by itself, and nothing in it is taken for its own text. */
import { expect, test } from 'vitest';
import { mapsPage } from './maps-page';

const picture = { title: 'map 0 of <C¹>', source: 'data:image/png;base64,AAAA', width: 24, height: 24 };
const options = {
  title: '<b>seven</b> & "more"',
  about: 'read as <7>',
  probabilities: [
    ['<script>', 0.25],
    ['b', 0.75],
  ],
  sections: [{ title: 'C¹ <conv>', note: 'a & b', pictures: [picture] }],
} as const;

test('escapes what comes from outside, and marks the likeliest class', () => {
  const page = mapsPage(options);
  expect(page).not.toMatch(/<script>|<b>|<conv>|<7>|<C¹>/);
  expect(page).toContain('<h1>&lt;b&gt;seven&lt;/b&gt; &amp; &quot;more&quot;</h1>');
  expect(page).toContain('alt="map 0 of &lt;C¹&gt;"');
  expect(page.match(/<tr class="most">/g)).toHaveLength(1);
  expect(page).toContain(
    '<tr class="most"><th scope="row">b</th><td><div style="width:75.00%"></div></td><td>75.0 %</td></tr>',
  );
});

test('needs nothing from elsewhere, and refuses pictures that do', () => {
  expect(mapsPage(options)).not.toMatch(/https?:|<script|@import|url\(/);
  const stranger = { ...picture, source: 'https://example.org/a.png' };
  expect(() => mapsPage({ ...options, sections: [{ title: '', pictures: [stranger] }] })).toThrow(
    'mapsPage: expected a picture within the page (data:image/…), got https://example.org/a.png',
  );
});
