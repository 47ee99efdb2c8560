/** Which documents of the repository are pages of the site, where, and in which order: the one list of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The pages of the sidebar by their files, from the root of the repository. Their titles are their headlines. */
const groups = [
  {
    text: 'Guide',
    files: docs('start', 'your-own-pictures', 'in-a-page', 'deno-and-bun', 'your-own-layer', 'coming-from'),
  },
  { text: 'Understand', files: docs('how-it-works', 'lessons/index', 'lessons/formulas', 'differences') },
  { text: 'Look up', files: docs('data-layouts', 'interrupted-runs', 'hard-digits', 'platforms') },
  { text: 'Examples', files: [...docs('examples'), ...readmesIn('examples')] },
  { text: 'Commands', files: ['trainer', 'replay', 'playground'].map((name) => `apps/${name}/README.md`) },
  { text: 'Packages', files: readmesIn('packages') },
  { text: 'The repository', files: ['CONTRIBUTING.md', 'CHANGELOG.md', 'data/README.md', 'benchmarks/README.md'] },
];

/** What the reference brings along; it is made from the code, by `workspace/reference.mjs`. */
const referenceSidebar = join(root, 'docs/reference/typedoc-sidebar.json');

export const hasReference = existsSync(referenceSidebar);

/** All pages but those of the reference, by their files. */
export const pages = ['docs/index.md', ...groups.flatMap(({ files }) => files)].filter((file) =>
  existsSync(root + file),
);

/** The Markdown files that are none, as VitePress's `srcExclude` wants them. */
export const otherFiles = [
  'README.md',
  'packages/*/{fixtures,testing}/**',
  'apps/*/{fixtures,testing}/**',
  'runs/**',
  'examples/*/node_modules/**',
];

/** Where a file's page lies on the site, as a file: `docs/start.md` is `start.md`, a README the index of its folder. */
export function pageFile(file) {
  return file.replace(/^docs\//, '').replace(/README\.md$/, 'index.md');
}

/** The address of a file's page, from the site's root: `/start.html`, `/packages/tensor/`. */
export function pageAddress(file) {
  return `/${pageFile(file)
    .replace(/(^|\/)index\.md$/, '$1')
    .replace(/\.md$/, '.html')}`;
}

/** The first headline of a document. */
export function titleOf(file) {
  const [, title] = /^# (.+)$/m.exec(readFileSync(root + file, 'utf8')) ?? [];
  if (title === undefined) throw new Error(`${file}: expected a headline, '# …', got none`);
  return title.replaceAll('`', '');
}

/**
 * The sidebars of VitePress's default theme, by the folder of the pages that have them. A package of the reference has one of its own: all
 * hundreds of names beside every page would take most of the time of a build.
 */
export function sidebars() {
  const listed = groups.map(({ text, files }) => ({
    text,
    collapsed: !['Guide', 'Understand'].includes(text),
    items: files
      .filter((file) => pages.includes(file))
      .map((file) => ({ text: titleOf(file), link: pageAddress(file) })),
  }));
  const reference = hasReference ? JSON.parse(readFileSync(referenceSidebar, 'utf8')) : [];
  const all = { text: 'API reference', collapsed: true, items: reference.map(({ text, link }) => ({ text, link })) };
  return {
    '/': reference.length > 0 ? [...listed, all] : listed,
    '/reference/': [{ ...all, collapsed: false }],
    ...Object.fromEntries(reference.map((item) => [item.link, [{ ...item, collapsed: false }, all]])),
  };
}

function docs(...names) {
  return names.map((name) => `docs/${name}.md`);
}

function readmesIn(folder) {
  if (!existsSync(root + folder)) return [];
  return readdirSync(root + folder).map((name) => `${folder}/${name}/README.md`);
}
