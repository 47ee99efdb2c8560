/** Puts tarballs into a registry, in an order in which each finds what it depends on, and goes on where an earlier attempt stopped. */
import { runChild } from './child.mjs';
import { npm } from './pnpm.mjs';

/**
 * Publishes what the registry does not have yet, one after the other; stops at the first that fails. Gives an exit code.
 *
 * @param {{ name: string, version: string, tarball: string }[]} packages Each after what it depends on.
 * @param {string} registry Its address.
 * @param {string[]} options Further options of `npm publish`: `--provenance`, `--tag next`, `--otp 123456`.
 */
export async function publish(packages, registry, options = []) {
  const [program, ...first] = npm();
  for (const { name, version, tarball } of packages) {
    if (await isPublished({ name, version }, registry)) {
      console.log(`${name}@${version} is published already`);
      continue;
    }
    const code = await runChild(program, [...first, 'publish', tarball, '--registry', registry, ...options], {
      heard: 'onFailure',
    });
    if (code !== 0) {
      console.error(`${name}@${version} could not be published, see above; the same command goes on from here`);
      return code;
    }
    console.log(`${name}@${version} is published`);
  }
  return 0;
}

/** Whether a registry has that version. Throws where it gives no answer. */
export async function isPublished({ name, version }, registry) {
  const response = await fetch(new URL(name.replace('/', '%2f'), registry));
  if (response.status === 404) return false;
  if (!response.ok) throw new Error(`${registry}: expected to be told about ${name}, got status ${response.status}`);
  return Object.hasOwn((await response.json()).versions, version);
}
