/**
 * How every package is built; its `build` names the entries. The maps of the code lead to the sources, which are published beside it, so
 * they need no copy of them.
 */
import { defineConfig } from 'tsup';

export default defineConfig({
  format: 'esm',
  target: 'es2022',
  dts: true,
  sourcemap: true,
  clean: true,
  esbuildOptions(options) {
    options.sourcesContent = false;
  },
});
