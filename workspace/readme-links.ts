/** The links of a README, and where those into the project lead. */
import { join } from 'node:path';
// @ts-expect-error: plain JavaScript
import { projectPage } from './manifests.mjs';
import { workspaceFolder } from './workspace-packages';

/** What links and pictures of a Markdown text point at. Code is left out. */
export function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '`');
  const links = prose.matchAll(/\]\(<?([^)>\s]+)>?(?:\s+"[^"]*")?\)|(?:src|href)="([^"]+)"|<(https?:[^>]+)>/g);
  return [...links].map(([, inline, attribute, bare]) => inline ?? attribute ?? bare ?? '');
}

/** The file or folder of the workspace that a link to the project's page shows; undefined if it is another link. */
export function targetInProject(link: string): string | undefined {
  const [, path] = link.startsWith(`${projectPage()}/`) ? (/\/(?:blob|tree)\/main\/([^#]*)/.exec(link) ?? []) : [];
  return path === undefined ? undefined : join(workspaceFolder, path);
}
