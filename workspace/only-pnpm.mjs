/** Refuses to pack with another client than pnpm, since `workspace:*` would then be published as a version that nobody can install. */
const { npm_config_user_agent: client = 'no package manager', npm_package_name: name = 'this package' } = process.env;

if (!client.startsWith('pnpm/')) {
  console.error(`${name}: expected to be packed by pnpm, got ${client.replace(/ .*/, '')}: run npm run pack`);
  process.exit(1);
}
