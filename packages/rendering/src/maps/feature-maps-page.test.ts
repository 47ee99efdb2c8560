/** The page of maps: whole by itself, and nothing in it is taken for its own text. */
import { expect, test } from 'vitest';
import { featureMapsPage } from './feature-maps-page';

const picture = { title: 'map 0 of <C¹>', source: 'data:image/png;base64,AAAA', width: 24, height: 24 };
const options = {
  title: '<b>seven</b> & "more"',
  about: 'predicted <7>',
  image: picture,
  probabilities: [
    ['<script>', 0.25],
    ['b', 0.75],
  ],
  sections: [{ title: 'C¹ <conv>', note: 'a & b', images: [picture] }],
} as const;

test('escapes what comes from outside, and marks the likeliest class', () => {
  const page = featureMapsPage(options);
  expect(page).not.toMatch(/<th scope="row"><script>|<b>|<conv>|<7>|<C¹>/);
  expect(page).toContain('<h1 class="words">&lt;b&gt;seven&lt;/b&gt; &amp; &quot;more&quot;</h1>');
  expect(page).toContain('alt="map 0 of &lt;C¹&gt;"');
  expect(page.match(/<tr class="best">/g)).toHaveLength(1);
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(page).toContain(
    '<tr class="best"><th scope="row">b</th><td class="bar"><i style="width:75.00%"></i></td><td>75.0 %</td></tr>',
  );
});

test('a strip tells what colors mean, in numbers', () => {
  const scaled = (scale: object) =>
    featureMapsPage({ ...options, sections: [{ title: 'P', images: [picture], scale: scale as never }] });
  const positive = scaled({ low: 0, high: 2.90381, largest: 2.90381, signed: false });
  expect(positive).toContain('<h2>P <small>from 0 to 2.9</small></h2>');
  expect(positive).toContain('<div class="key"><i></i><span>0</span><span>2.9</span></div>');
  const signed = scaled({ low: -4, high: 0.5, largest: 4, signed: true });
  expect(signed).toContain('<small>from −4 to 0.5</small>');
  expect(signed).toContain('<i class="signed"></i><span>−4</span><span>0</span><span>4</span>');
});

test('scores have names, and bars to the side of their sign', () => {
  const scores = [
    ['<a>', -2],
    ['b', 4],
    ['c', 0],
  ] as const;
  const page = featureMapsPage({ ...options, sections: [{ title: 'o', images: [], scores }] });
  expect(page).toContain(
    '<tr><th scope="row">&lt;a&gt;</th><td class="bar signs"><i class="below" style="width:25.00%"></i></td><td>−2</td></tr>',
  );
  expect(page).toContain(
    '<tr class="best"><th scope="row">b</th><td class="bar signs"><i class="above" style="width:50.00%"></i></td><td>4</td></tr>',
  );
});

test('needs nothing from elsewhere, and refuses images that do', () => {
  expect(featureMapsPage(options)).not.toMatch(/https?:|<script src|@import|url\(/);
  const foreign = { ...picture, source: 'https://example.org/a.png' };
  expect(() => featureMapsPage({ ...options, sections: [{ title: '', images: [foreign] }] })).toThrow(
    'featureMapsPage: expected an image within the page (data:image/…), got https://example.org/a.png',
  );
});
