/** Completion for fish, with what each command and option is for. */
import type { CompletedCommand, CompletedOption, Wanted } from './completed-commands';

/** A script to be found by fish in its folder of completions. */
export function fishScript(program: string, commands: readonly CompletedCommand[]): string {
  const [self, ...others] = commands;
  const line = (condition: string, rest: string): string => `complete -c ${program} -n ${quoted(condition)} ${rest}`;
  const lines = [
    ...self.options.map((option) => line('__fish_use_subcommand', optionWords(option))),
    ...others.map(({ name, description }) => line('__fish_use_subcommand', `-a ${name} -d ${quoted(description)}`)),
    ...others.flatMap(({ name, options, argument }) => {
      const condition = `__fish_seen_subcommand_from ${name}`;
      return [
        ...options.map((option) => line(condition, optionWords(option))),
        ...(argument === undefined || argument.wanted === 'value' ? [] : [line(condition, answers(argument.wanted))]),
      ];
    }),
  ];
  return `# Completion of ${program} for fish. Put it into ~/.config/fish/completions/${program}.fish
complete -c ${program} -f
${lines.join('\n')}
`;
}

function optionWords({ long, short, description, value }: CompletedOption): string {
  return [
    ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(value === undefined || value.optional ? [] : ['-r', answers(value.wanted)]),
    `-d ${quoted(description)}`,
  ].join(' ');
}

function answers(wanted: Wanted): string {
  if (wanted === 'file') return '-F';
  if (wanted === 'value') return '-f';
  return `-f -a ${quoted(wanted === 'folder' ? '(__fish_complete_directories)' : wanted.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
