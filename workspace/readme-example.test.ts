import { expect, test } from 'vitest';
import { missingOutput, readmeExample } from './readme-example';

const readme = `# Bread

\`\`\`sh
npm install bread
\`\`\`

\`\`\`ts
import { bake } from 'bread';

const loaf = bake({ // salted
  salt: 10,
});
console.log(loaf.weight); // 750 (grams)
for (const slice of loaf) {
  console.log(
    slice,
  ); // crust
  // crumb
}

// The rest is for tomorrow.
console.log('eaten');

// Not printed.
\`\`\`

\`\`\`ts
console.log('second'); // second
\`\`\`
`;

test('the example is the first ts block, its outputs the comments at console.log', () => {
  const example = readmeExample(readme);
  expect(example?.code).toMatch(/^import .*\/\/ Not printed\.\n$/s);
  expect(example?.outputs).toEqual(['750 (grams)', 'crust', 'crumb']);
});

test('a README may have no example', () => {
  expect(readmeExample('# Bread\n\n```sh\nnpm start\n```\n')).toBeUndefined();
});

test.each([
  ['750\ncrust\ncrumb\n', undefined],
  ['750 \nheel\ncrust\ncrumb\nheel\n', undefined],
  ['75\ncrust\ncrumb\n', '750 (grams)'],
  ['750\ncrumb\ncrust\n', 'crumb'],
  ['', '750 (grams)'],
])('printing %j leaves %j missing', (printed, missing) => {
  expect(missingOutput(['750 (grams)', 'crust', 'crumb'], printed)).toBe(missing);
});
