/**
 * What `npm start`, `npm test` and their pnpm twins call, on a machine that has nothing but Node and npm.
 * The Node version is checked here, in words that old Nodes still understand; the commands themselves, written for
 * today's, are loaded only then.
 */
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Longhand needs Node 20.19 or newer, this is ${process.versions.node}: get one from https://nodejs.org`,
  );
  process.exit(2);
}

import('./commands.mjs').then(({ runCommand }) => runCommand(process.argv.slice(2)));
