/**
 * The documentation site: `npm run site` builds it into `docs/.vitepress/dist`, a folder of static files that needs no network, with the
 * reference of the API and the playground. `npm run site -- --serve` shows it on this machine, `--base /longhand/` makes it for a
 * folder of a server.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, runNode } from './child.mjs';

const usage = `npm run site -- [options]

  --serve        shows the site on this machine when it is built
  --port PORT    where (4173)
  --base /PATH/  the folder of the server that it is made for (/)`;

/** Builds the site, of packages that are built. Gives an exit code. */
export async function site(options) {
  const settings = settingsOf(options);
  if (typeof settings === 'number') return settings;
  const environment = { LONGHAND_SITE_BASE: settings.base };
  const steps = [
    ['the reference of the API', () => runNode('workspace/reference.mjs', [], { heard: 'onFailure' })],
    ['VitePress', () => vitepress(['build', 'docs'], environment)],
  ];
  for (const [name, run] of steps) {
    const code = await run();
    if (code !== 0) {
      console.error(`site: ${name} failed, see above.`);
      return code;
    }
  }
  cpSync(join(root, 'apps/playground/dist'), join(root, 'docs/.vitepress/dist/playground'), { recursive: true });
  console.log(`The site is in docs/.vitepress/dist${settings.serve ? '' : '; npm run site -- --serve shows it'}`);
  return settings.serve
    ? vitepress(['preview', 'docs', '--host', '127.0.0.1', '--port', settings.port], environment)
    : 0;
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

function vitepress(options, environment) {
  return runNode('node_modules/vitepress/bin/vitepress.js', options, { environment });
}
