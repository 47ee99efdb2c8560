/** Completion for bash, from 3.2 on, which is what macOS has. */
import type { CompletedCommand, Wanted } from './completed-commands';

/** A script to be read by bash, at its start. */
export function bashScript(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const values = commands.flatMap((command) =>
    command.options.flatMap(({ long, short, value }) => {
      if (value === undefined) return [];
      const places = [long, short].flatMap((flag) => (flag === undefined ? [] : [`'${command.name} ${flag}'`]));
      // What may follow need not: then it may also be what would stand there without the option.
      return value.optional ? [] : [`    ${places.join(' | ')}) ${reply(value.wanted)}; return ;;`];
    }),
  );
  const rest = commands.map(({ name, options, argument }) => {
    const flags = options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined));
    return `    '${name}')
      case "$current" in
        -*) ${reply(flags)} ;;
        *) ${reply(argument?.wanted ?? 'value')} ;;
      esac ;;`;
  });
  return `# Completion of ${program} for bash. Put it into ~/.bashrc, or read it with: source <(${program} completion bash)
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command='' at
  COMPREPLY=()
  # An option may be joined to its value by =, which bash makes a word of its own.
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$previous" = '=' ]; then
    previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in
      -*) ;;
      *) command="\${COMP_WORDS[at]}"; break ;;
    esac
  done
  case "$command $previous" in
${values.join('\n')}
  esac
  case "$command" in
${rest.join('\n')}
  esac
}
complete -o bashdefault -o default -F ${name} ${program}
`;
}

/** What fills the answers. Left empty, bash answers with files; where nothing can be guessed, it is asked not to. */
function reply(wanted: Wanted): string {
  if (wanted === 'file') return ':';
  if (wanted === 'value') return 'compopt +o bashdefault +o default 2>/dev/null';
  if (wanted === 'folder') {
    return `compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$current"))`;
  }
  return `COMPREPLY=($(compgen -W '${wanted.join(' ')}' -- "$current"))`;
}
