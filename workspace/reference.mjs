/**
 * The reference of all packages, made from their sources: a page for each name, an index, and a sidebar for VitePress. It fails at
 * every warning of TypeDoc, such as a link to a name that is not there, and at every dead link in what was written.
 *
 * node workspace/reference.mjs [folder, default: docs/reference]
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Application, TSConfigReader } from 'typedoc';
import ts from 'typescript';
import { librarySources } from './package-sources.mjs';

const root = join(import.meta.dirname, '..');
const output = process.argv[2] ?? join(root, 'docs/reference');

const app = await Application.bootstrapWithPlugins(
  {
    name: 'API reference',
    plugin: ['typedoc-plugin-markdown'],
    tsconfig: join(root, 'tsconfig.json'),
    outputs: [{ name: 'markdown', path: output }],
    readme: 'none',
    // The pages are the same for all who make them.
    disableSources: true,
    excludeExternals: true,
    excludePrivate: true,
    treatWarningsAsErrors: true,
    logLevel: 'Warn',
    validation: { notExported: false, invalidLink: true, invalidPath: true, notDocumented: false },
    sort: ['kind', 'alphabetical-ignoring-documents'],
    entryFileName: 'index',
    excludeScopesInPaths: true,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    // Markdown of VitePress is a template: brackets would be elements.
    useHTMLEncodedBrackets: true,
    sanitizeComments: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    propertyMembersFormat: 'table',
    indexFormat: 'table',
    tableColumnSettings: { hideModifiers: true },
    navigationJson: join(output, 'navigation.json'),
  },
  [new TSConfigReader()],
);

const files = Object.entries(librarySources);
const program = ts.createProgram(
  files.map(([, file]) => file),
  { ...app.options.getCompilerOptions(), lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'] },
);
const project = app.converter.convert(
  files.map(([displayName, file]) => ({ displayName, program, sourceFile: program.getSourceFile(file) })),
);
app.validate(project);
if (!faulty()) await app.generateOutputs(project);
if (!faulty()) {
  const navigation = join(output, 'navigation.json');
  writeFileSync(
    join(output, 'typedoc-sidebar.json'),
    `${JSON.stringify(sidebar(JSON.parse(readFileSync(navigation, 'utf8'))), undefined, 2)}\n`,
  );
  rmSync(navigation);
  describeModules();
  for (const link of deadLinks()) app.logger.error(`dead link: ${link}`);
}
process.exitCode = faulty() ? 1 : 0;

function faulty() {
  return app.logger.hasErrors() || app.logger.hasWarnings();
}

/** Groups are closed at first: there are hundreds of names. */
function sidebar(items) {
  return items.map(({ title, path, children }) => ({
    text: title,
    ...(path && { link: `/reference/${path.replace(/index\.md$/, '').replace(/\.md$/, '.html')}` }),
    ...(children && { items: sidebar(children), collapsed: true }),
  }));
}

/** Says in the index and on the first page of each module what it is, for which TypeDoc would want a comment in the module. */
function describeModules() {
  const index = join(output, 'index.md');
  let list = readFileSync(index, 'utf8');
  for (const [name, file] of files) {
    const page = `${name.replace('@longhand/', '')}/index.md`;
    const description = descriptionOf(name, file);
    list = list.replace(`(${page}) | - |`, () => `(${page}) | ${description} |`);
    const text = readFileSync(join(output, page), 'utf8');
    writeFileSync(
      join(output, page),
      text.replace(/^# .+\n/, (headline) => `${headline}\n${description}\n`),
    );
  }
  writeFileSync(index, list);
}

/** A package's description; of a further entry, the first sentence of its file. */
function descriptionOf(name, file) {
  const [, folder, entry] = name.split('/');
  if (entry === undefined)
    return JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')).description;
  const [, comment] = /^\/\*\*(.*?)\*\//s.exec(readFileSync(file, 'utf8')) ?? [];
  const [sentence] = /^.*?[.:](?=\s|$)/.exec((comment ?? '').replace(/\s*\n \* ?/g, ' ').trim()) ?? [];
  if (sentence === undefined) throw new Error(`${file}: expected a comment at its head that says what the entry is`);
  return sentence.replace(/:$/, '.');
}

function deadLinks() {
  const pages = readdirSync(output, { recursive: true }).filter((name) => name.endsWith('.md'));
  return pages.flatMap((page) => {
    const text = readFileSync(join(output, page), 'utf8').replace(/^```.*?^```/gms, '');
    return [...text.matchAll(/\]\(([^)#\s]+)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^https?:/.test(target) && !existsSync(join(output, dirname(page), target)))
      .map((target) => `${page}: ${target}`);
  });
}
