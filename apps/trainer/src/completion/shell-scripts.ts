/**
 * The completion of a program's commands as a script for bash, zsh or fish.
 *
 * The scripts are our own. `@bomb.sh/tab` 0.0.22, which reads commander's declarations too, starts the program at every
 * press of Tab, offers no files or folders as values of options, and adds a command `complete`; `omelette` knows nothing of
 * commander. A script that has everything in it answers at once.
 */

/** What may stand in a place: one of some words, a file, a folder, or something that cannot be guessed. */
export type Wanted = readonly string[] | 'file' | 'folder' | 'value';

/** An option of a command. */
export interface CompletedOption {
  /** `--help`, without it if there is only a short one. */
  readonly long?: string;
  /** `-h` */
  readonly short?: string;
  /** One line. */
  readonly description: string;
  /** What follows it; absent where nothing does. */
  readonly value?: { readonly name: string; readonly wanted: Wanted; readonly optional: boolean };
}

/** What a command's arguments are. */
export interface CompletedArgument {
  readonly name: string;
  readonly wanted: Wanted;
}

/** A command with what may follow it. */
export interface CompletedCommand {
  /** Empty for the program itself. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its arguments are, if it takes any. */
  readonly argument?: CompletedArgument;
}

/** A script to be read by bash, at its start. */
export function bashScript(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const values = commands.flatMap((command) =>
    command.options.flatMap(({ long, short, value }) => {
      if (value === undefined) return [];
      const places = [long, short].flatMap((flag) => (flag === undefined ? [] : [`'${command.name} ${flag}'`]));
      // What may follow need not: then it may also be what would stand there without the option.
      return value.optional ? [] : [`    ${places.join(' | ')}) ${bashReply(value.wanted)}; return ;;`];
    }),
  );
  const rest = commands.map(({ name, options, argument }) => {
    const flags = options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined));
    return `    '${name}')
      case "$current" in
        -*) ${bashReply(flags)} ;;
        *) ${bashReply(argument?.wanted ?? 'value')} ;;
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
function bashReply(wanted: Wanted): string {
  if (wanted === 'file') return ':';
  if (wanted === 'value') return 'compopt +o bashdefault +o default 2>/dev/null';
  if (wanted === 'folder') {
    return `compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$current"))`;
  }
  return `COMPREPLY=($(compgen -W '${wanted.join(' ')}' -- "$current"))`;
}

/** A script to be found by zsh in its `$fpath` as `_program`, or to be read at its start. */
export function zshScript(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const [self, ...others] = commands;
  const described = others.map(({ name, description }) => `        ${zshQuoted(`${name}:${description}`)}`);
  const cases = others.map(({ name, options, argument }) => {
    const specs = [
      ...options.flatMap(zshOptionSpecs),
      ...(argument === undefined ? [] : [zshQuoted(`*:${argument.name}:${zshAction(argument.wanted)}`)]),
    ];
    return `        ${name})
          _arguments ${specs.join(' \\\n            ')} ;;`;
  });
  return `#compdef ${program}
# Completion of ${program} for zsh. Put it into a folder of $fpath as ${name}.
${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C ${[...self.options.flatMap(zshOptionSpecs), "'1:command:->command'", "'*::option:->option'"].join(' \\\n    ')}
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
function zshOptionSpecs({ long, short, description, value }: CompletedOption): readonly string[] {
  const what = `[${description.replace(/[\][\\]/g, '\\$&')}]`;
  const after = value === undefined ? '' : `${value.optional ? '::' : ':'}${value.name}:${zshAction(value.wanted)}`;
  const joined = value === undefined ? '' : '=';
  return [
    ...(long === undefined ? [] : [zshQuoted(`${long}${joined}${what}${after}`)]),
    ...(short === undefined ? [] : [zshQuoted(`${short}${what}${after}`)]),
  ];
}

function zshAction(wanted: Wanted): string {
  if (wanted === 'file') return '_files';
  if (wanted === 'folder') return '_files -/';
  return wanted === 'value' ? ' ' : `(${wanted.join(' ')})`;
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A script to be found by fish in its folder of completions. */
export function fishScript(program: string, commands: readonly CompletedCommand[]): string {
  const [self, ...others] = commands;
  const line = (condition: string, rest: string): string =>
    `complete -c ${program} -n ${fishQuoted(condition)} ${rest}`;
  const lines = [
    ...self.options.map((option) => line('__fish_use_subcommand', fishOptionWords(option))),
    ...others.map(({ name, description }) => line('__fish_use_subcommand', `-a ${name} -d ${fishQuoted(description)}`)),
    ...others.flatMap(({ name, options, argument }) => {
      const condition = `__fish_seen_subcommand_from ${name}`;
      return [
        ...options.map((option) => line(condition, fishOptionWords(option))),
        ...(argument === undefined || argument.wanted === 'value'
          ? []
          : [line(condition, fishAnswers(argument.wanted))]),
      ];
    }),
  ];
  return `# Completion of ${program} for fish. Put it into ~/.config/fish/completions/${program}.fish
complete -c ${program} -f
${lines.join('\n')}
`;
}

function fishOptionWords({ long, short, description, value }: CompletedOption): string {
  return [
    ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(value === undefined || value.optional ? [] : ['-r', fishAnswers(value.wanted)]),
    `-d ${fishQuoted(description)}`,
  ].join(' ');
}

function fishAnswers(wanted: Wanted): string {
  if (wanted === 'file') return '-F';
  if (wanted === 'value') return '-f';
  return `-f -a ${fishQuoted(wanted === 'folder' ? '(__fish_complete_directories)' : wanted.join(' '))}`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
