/** Builds the page into `dist`, with the digits: a folder that any server can offer as it is. `npm run page` calls it. */
import { build } from 'vite';
import { pageConfig } from './page-config.mjs';

await build(pageConfig({ outDir: 'dist', withDigits: true }));
