/**
 * Makes the sources that are made from other sources and not kept in the repository: compiled kernels, the workers'
 * code, the exported page's, the networks of the panel. Each script leaves its file alone when nothing that goes into it has changed; it may read
 * what those before it have written.
 */
await import('../packages/kernels/assemble.mjs');
await import('../packages/training/bundle-worker.mjs');
await import('../packages/exporters/bundle-texts.mjs');
await import('../apps/trainer/bundle-networks.mjs');
