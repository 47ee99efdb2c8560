/**
 * Links between documents, as they are written where the repository is read: `../packages/tensor`, `data-layouts.md#images`. On the site
 * they lead to the pages of these documents. A file of the repository that is no page has no address here, so only the link's text
 * stays. The folder of the playground leads to the playground itself, which lies beside the pages.
 */
import { existsSync, statSync } from 'node:fs';
import { posix, relative } from 'node:path';
import { pageAddress, pages, root } from './pages.mjs';

/**
 * What a relative link of a document leads to: a file or folder from the root of the repository, and the part behind the `#`.
 * Undefined for links to other servers and to absolute addresses.
 *
 * @param {string} file the document, from the root
 * @param {string} link
 */
export function linkTarget(file, link) {
  if (/^([a-z]+:|\/)/.test(link)) return undefined;
  const [path, anchor] = link.split('#');
  return { path: path === '' ? file : posix.normalize(posix.join(posix.dirname(file), decodeURI(path))), anchor };
}

/** The page that a file or folder is read on, from the root: a folder on that of its README. Undefined where there is none. */
export function documentOf(path) {
  const isFolder = existsSync(root + path) && statSync(root + path).isDirectory();
  const file = path === 'README.md' || path === '.' ? 'docs/index.md' : isFolder ? posix.join(path, 'README.md') : path;
  return pages.includes(file) || file.startsWith('docs/reference/') ? file : undefined;
}

const playground = 'apps/playground';

/** The plugin of markdown-it that makes the links of the site, and leaves code in sentences as it is: to Vue, `{{` would be a formula. */
export function siteLinks(markdown) {
  markdown.core.ruler.push('site-links', ({ tokens, env }) => {
    const path = env?.realPath ?? env?.path;
    // A headline that is read alone has none; and the reference is written for the site.
    if (path === undefined || path.startsWith(`${root}docs/reference/`)) return;
    const file = relative(root, path).replaceAll('\\', '/');
    for (const { children } of tokens) {
      for (const [at, token] of (children ?? []).entries()) {
        if (token.type === 'code_inline') token.attrSet('v-pre', '');
        // Links within the page stay as they are: by those of its headlines, the search index divides it.
        if (token.type !== 'link_open' || token.attrGet('href').startsWith('#')) continue;
        const target = linkTarget(file, token.attrGet('href'));
        if (target === undefined) continue;
        const document = documentOf(target.path);
        if (target.path === playground) {
          // With a target of its own the link is taken as it is: it is no page that could be missing.
          token.attrSet('href', `${process.env.LONGHAND_SITE_BASE ?? '/'}playground/`);
          token.attrSet('target', '_blank');
        } else if (document !== undefined) {
          token.attrSet('href', pageAddress(document) + (target.anchor === undefined ? '' : `#${target.anchor}`));
        } else {
          const close = children.findIndex(({ type }, index) => index > at && type === 'link_close');
          for (const end of [token, children[close]])
            Object.assign(end, { type: 'text', tag: '', content: '', nesting: 0 });
        }
      }
    }
  });
}
