/**
 * The documentation site: the pages of this folder, and the documents that lie beside the code. `npm run site` builds it.
 *
 * The source folder is the whole repository, so that links between documents are the same on the site and where the repository is read.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { siteLinks } from './links.mjs';
import { hasReference, otherFiles, pageFile, root, sidebars } from './pages.mjs';

export default defineConfig({
  title: 'Longhand',
  description: 'Trains small image classifiers from TypeScript alone, and opens every step to pencil and paper.',
  lang: 'en-US',
  base: process.env.LONGHAND_SITE_BASE ?? '/',
  srcDir: root,
  // Of the many documents in the repository these are pages.
  srcExclude: otherFiles,
  rewrites: pageFile,
  outDir: fileURLToPath(new URL('dist', import.meta.url)),
  cacheDir: fileURLToPath(new URL('cache', import.meta.url)),
  // No page waits for another server: no fonts from elsewhere, and the icon lies in the page.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // The names of all pages' scripts, 180 kB, are one file for all pages, and not in each.
  metaChunk: true,
  markdown: { config: (markdown) => markdown.use(siteLinks) },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Lessons', link: '/lessons/' },
      ...(hasReference ? [{ text: 'Reference', link: '/reference/' }] : []),
      { text: 'Playground', link: '/playground/', target: '_blank' },
    ],
    notFound: {
      title: 'There is no such page',
      quote: 'It may have moved, or the address has a slip. The search, above, looks through all pages.',
      linkText: 'To the first page',
      linkLabel: 'To the first page',
    },
    sidebar: sidebars(),
  },
});
