/**
 * The documentation site: `npm run site` builds it into `docs/.vitepress/dist`, a folder of static files that needs no network, with the
 * reference of the API and the playground. `npm run site -- --serve` shows it on this machine, `--base /longhand/` makes it for a
 * folder of a server.
 */
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, runNode } from './child.mjs';
import { prepareSite } from './preparation.mjs';
import { siteServer } from './site-server.mjs';

const usage = `npm run site -- [options]

  --serve        shows the site on this machine when it is built
  --port PORT    where (4173)
  --base /PATH/  the folder of the server that it is made for (/)`;

/** Where the site is, in the repository. */
const output = 'docs/.vitepress/dist';

/** Builds the site if something has changed, and shows it if that is asked for. Gives an exit code. */
export async function site(options) {
  const settings = settingsOf(options);
  if (typeof settings === 'number') return settings;
  const { base, serve, port } = settings;
  const code = await prepareSite(base, () => build(base));
  if (code !== 0) return code;
  console.log(`The site is in ${output}${serve ? '' : '; npm run site -- --serve shows it'}`);
  return serve ? show(base, port) : 0;
}

/** Builds it of packages that are built. Gives an exit code. */
async function build(base) {
  const environment = { LONGHAND_SITE_BASE: base };
  const steps = [
    ['the reference of the API', () => runNode('workspace/reference.mjs', [], { heard: 'onFailure' })],
    [
      'VitePress',
      () => runNode('node_modules/vitepress/bin/vitepress.js', ['build', 'docs'], { environment, heard: 'onFailure' }),
    ],
  ];
  const start = performance.now();
  for (const [name, run] of steps) {
    const code = await run();
    if (code !== 0) return code;
    console.error(`  ${name}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  cpSync(join(root, 'apps/playground/dist'), join(root, output, 'playground'), { recursive: true });
  return 0;
}

/** Shows the site until it is interrupted. Gives an exit code. */
async function show(base, port) {
  const server = siteServer(join(root, output), base);
  const failure = await new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(Number(port), '127.0.0.1', resolve);
  });
  if (failure !== undefined) {
    console.error(`site: expected port ${port} to be free, got ${failure.code}; name another: --port 4174`);
    return 1;
  }
  console.log(`It is shown at http://127.0.0.1:${server.address().port}${base}, until Ctrl-C`);
  await once(process, 'SIGINT');
  server.close();
  server.closeAllConnections();
  return 0;
}

/** The options, checked; or the exit code for asking for help and for a mistake. */
function settingsOf(args) {
  const options = {
    serve: { type: 'boolean' },
    port: { type: 'string' },
    base: { type: 'string' },
    help: { type: 'boolean' },
  };
  const refuse = (message) => {
    console.error(`site: ${message}\n\n${usage}`);
    return 2;
  };
  try {
    const { serve = false, port = '4173', base = '/', help = false } = parseArgs({ args, options }).values;
    if (help) {
      console.log(usage);
      return 0;
    }
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return refuse(`expected a port as --port, got ${port}`);
    if (!/^\/([\w.~-]+\/)*$/.test(base)) return refuse(`expected a path such as /longhand/ as --base, got ${base}`);
    return { serve, port, base };
  } catch (error) {
    return refuse(error.message);
  }
}
