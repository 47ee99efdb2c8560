/** What is published, packed, for the tests that look at it as a user gets it. */
import { existsSync } from 'node:fs';
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

/** Each after those that it depends on. Throws if they are not packed; `npm test` packs them anew after every change. */
export function packed(): readonly PublishedPackage[] {
  const published: readonly PublishedPackage[] = publishedPackages();
  for (const { name, tarball } of published) {
    if (!existsSync(tarball)) throw new Error(`${name}: expected it to be packed into ${tarball}: run npm run pack`);
  }
  return published;
}
