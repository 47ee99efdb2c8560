/** Completion for zsh, with what each command and option is for. */
import type { CompletedCommand, CompletedOption, Wanted } from './completed-commands';

/** A script to be found by zsh in its `$fpath` as `_program`, or to be read at its start. */
export function zshScript(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const [self, ...others] = commands;
  const described = others.map(({ name, description }) => `        ${quoted(`${name}:${description}`)}`);
  const cases = others.map(({ name, options, argument }) => {
    const specs = [
      ...options.flatMap(optionSpecs),
      ...(argument === undefined ? [] : [quoted(`*:${argument.name}:${action(argument.wanted)}`)]),
    ];
    return `        ${name})
          _arguments ${specs.join(' \\\n            ')} ;;`;
  });
  return `#compdef ${program}
# Completion of ${program} for zsh. Put it into a folder of $fpath as ${name}.
${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C ${[...self.options.flatMap(optionSpecs), "'1:command:->command'", "'*::option:->option'"].join(' \\\n    ')}
  case $state in
    command)
      local commands=(
${described.join('\n')}
      )
      _describe command commands ;;
    option)
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = ${name} ]; then
  ${name} "$@"
else
  compdef ${name} ${program}
fi
`;
}

/** An option in each of its spellings; a long one may be joined to its value by =. */
function optionSpecs({ long, short, description, value }: CompletedOption): readonly string[] {
  const what = `[${description.replace(/[\][\\]/g, '\\$&')}]`;
  const after = value === undefined ? '' : `${value.optional ? '::' : ':'}${value.name}:${action(value.wanted)}`;
  const joined = value === undefined ? '' : '=';
  return [
    ...(long === undefined ? [] : [quoted(`${long}${joined}${what}${after}`)]),
    ...(short === undefined ? [] : [quoted(`${short}${what}${after}`)]),
  ];
}

function action(wanted: Wanted): string {
  if (wanted === 'file') return '_files';
  if (wanted === 'folder') return '_files -/';
  return wanted === 'value' ? ' ' : `(${wanted.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
