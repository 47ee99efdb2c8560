/** What is published, packed, for the tests that look at it as a user gets it. */
// @ts-expect-error: plain JavaScript
import { areTarballsCurrent } from './preparation.mjs';
// @ts-expect-error: plain JavaScript
import { publishedPackages } from './published-packages.mjs';
import type { Manifest } from './workspace-packages';

export interface PublishedPackage {
  /** `@longhand/tensor`. */
  readonly name: string;
  readonly version: string;
  /** In the workspace: `packages/tensor`. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** The absolute path. */
  readonly tarball: string;
}

/** Each after those that it depends on. Throws if the tarballs are not those of the files as they are now. */
export function packed(): readonly PublishedPackage[] {
  if (!areTarballsCurrent()) throw new Error('tarballs: expected those of the files as they are: run npm run pack');
  return publishedPackages();
}
